import { type Issue, warningIssue } from "../issue.js";
import { isLegacyName, legacyEventNames } from "./legacy-names.js";
import { isStandardEvent, type StandardEvent, standardEvents } from "./standard-events.js";

/** TikTok's standard and reserved names in lower case → the name to track. */
const reserved: ReadonlyMap<string, string> = /* @__PURE__ */ reservedNames();

function reservedNames(): Map<string, string> {
  const rows: [string, StandardEvent][] = Object.entries(standardEvents);
  return new Map([
    ...Object.keys(legacyEventNames).map((name): [string, string] => [name.toLowerCase(), name]),
    // After the old ones: what is old on the web and standard in apps (`Checkout`) leads to today's row.
    ...rows.flatMap(([name, { tiktok, tiktokApp }]) =>
      [tiktok, tiktokApp].flatMap((theirs): [string, string][] => (theirs ? [[theirs.toLowerCase(), name]] : [])),
    ),
  ]);
}

/**
 * TikTok's rule that a custom name must not be one of its own. Names of the catalogue and the old names are no custom
 * names; what is left is a name of TikTok's in its app spelling or in another case. A warning, since TikTok does not
 * say whether case counts. TikTok help, "About custom events" (February 2026).
 */
export function checkReservedName(name: string): readonly Issue[] {
  if (isStandardEvent(name) || isLegacyName(name)) return [];
  const known = reserved.get(name.toLowerCase());
  if (known === undefined) return [];
  return [
    warningIssue(
      "bad_name",
      "name",
      `name is one that TikTok keeps for itself, or differs only in case: it is ${known}`,
    ),
  ];
}
