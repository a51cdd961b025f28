import type { Clicks } from "@beaconry/core";
import { chooseFbc, chooseFbp, chooseTtclid, readClickIds } from "@beaconry/core/page";
import type { CookieJar } from "./cookies.js";

/** Days. Meta: "fbp and fbc parameters"; TikTok's click id as its own tag manager template keeps it. */
const life = { _fbc: 90, _fbp: 90, ttclid: 30 } as const;

/** The cookies of advertising, ours and those of the vendors' scripts; TikTok's session has one for each pixel. */
const ofAdvertising = /^(_fbc|_fbp|ttclid|_ttp|_tt_enable_cookie|ttcsid(_\w+)?)$/;

/** The ids by which the vendors know this browser and the advertisement clicked. */
export interface ClickIds {
  /** Keeps the landing's click ids, and a browser id for Meta. Only under consent. Writes only what changes. */
  keep(): void;
  /** As they stand now: TikTok's script may have added its own. */
  current(): Clicks;
  erase(): void;
}

/**
 * Reads the landing address at once, since a single-page app may change it before the person has answered.
 * @param random from 0 to 1, without 1
 */
export function openClickIds(
  landingUrl: string,
  cookies: CookieJar,
  now: () => number,
  random: () => number,
): ClickIds {
  const landing = readClickIds(landingUrl);
  const landedAt = now();
  // Kept once: a click on another page, later than this landing, is not to be overwritten by it.
  let isKept = false;
  // What cookies hold as well; here for browsers that refuse to keep them.
  let kept: Record<string, string | undefined> = {};
  const value = (name: string) => cookies.read(name) ?? kept[name];
  const keepOne = (name: keyof typeof life, chosen: string | undefined) => {
    kept[name] = chosen;
    if (chosen && chosen !== cookies.read(name)) cookies.write(name, chosen, life[name]);
  };
  return {
    keep() {
      const { fbclid, ttclid } = isKept ? {} : landing;
      isKept = true;
      keepOne("_fbc", chooseFbc(value("_fbc"), fbclid, landedAt));
      keepOne("_fbp", chooseFbp(value("_fbp"), now(), random() * 2_147_483_647));
      keepOne("ttclid", chooseTtclid(value("ttclid"), ttclid));
    },
    current: () => ({
      fbc: chooseFbc(value("_fbc"), undefined, now()),
      fbp: value("_fbp"),
      ttclid: chooseTtclid(value("ttclid"), undefined),
      ttp: value("_ttp"),
    }),
    erase() {
      kept = {};
      isKept = false;
      for (const name of cookies.names()) if (ofAdvertising.test(name)) cookies.erase(name);
    },
  };
}
