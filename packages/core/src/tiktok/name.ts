import { standardEvent } from "../catalog/check-basics.js";
import { legacyEventNames } from "../catalog/legacy-names.js";
import { checkReservedName } from "../catalog/reserved-names.js";
import { errorIssue, type Issue, warningIssue } from "../issue.js";
import type { TikTokSource } from "./event.js";

/** TikTok's name of an event, from this source; a name that TikTok does not know stays as it is. */
export function tikTokName(name: string, source: TikTokSource): string {
  const row = standardEvent(name);
  return (source === "app" ? row?.tiktokApp : row?.tiktok) ?? name;
}

const customName = /^[A-Za-z](?:[\w-]{0,48}[A-Za-z0-9])?$/;

/**
 * TikTok's rule for custom names. TikTok help, "About custom events" (February 2026). A store's events are standard ones
 * only ("Report App, Web, Offline, or CRM Events"); that others are refused is not documented.
 */
export function checkTikTokName(name: string, source: TikTokSource): readonly Issue[] {
  const isOld = Object.hasOwn(legacyEventNames, name);
  if (!isOld && !customName.test(name)) {
    const accepted = "at most 50 letters, digits, _ and -, beginning with a letter and ending with a letter or digit";
    return [errorIssue("bad_name", "name", `TikTok takes event names of ${accepted}`)];
  }
  if (source === "offline" && !isOld && !standardEvent(name)?.tiktok) {
    return [warningIssue("bad_name", "name", "TikTok takes of stores its standard events only")];
  }
  return checkReservedName(name);
}
