import { type Clicks, chooseFbc, chooseFbp, chooseTtclid, readClickIds } from "@beaconry/core";
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
  // What cookies hold as well; here for browsers that refuse to keep them.
  let kept: Clicks = {};
  const keepOne = (name: keyof typeof life, value: string | undefined) => {
    if (value && value !== cookies.read(name)) cookies.write(name, value, life[name]);
    return value;
  };
  return {
    keep() {
      kept = {
        fbc: keepOne("_fbc", chooseFbc(cookies.read("_fbc"), landing.fbclid, landedAt)),
        fbp: keepOne("_fbp", chooseFbp(cookies.read("_fbp") ?? kept.fbp, now(), random() * 2_147_483_647)),
        ttclid: keepOne("ttclid", chooseTtclid(cookies.read("ttclid"), landing.ttclid)),
      };
    },
    current: () => ({
      fbc: chooseFbc(cookies.read("_fbc"), undefined, now()) ?? kept.fbc,
      fbp: cookies.read("_fbp") ?? kept.fbp,
      ttclid: chooseTtclid(cookies.read("ttclid"), undefined) ?? kept.ttclid,
      ttp: cookies.read("_ttp"),
    }),
    erase() {
      kept = {};
      for (const name of cookies.names()) if (ofAdvertising.test(name)) cookies.erase(name);
    },
  };
}
