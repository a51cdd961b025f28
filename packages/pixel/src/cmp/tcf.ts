import type { TcfOptions } from "@beaconry/core";
import type { Pixel } from "../pixel.js";
import { listenToTcf } from "./listen-to-tcf.js";
import { browserPage } from "./page.js";

export type { TcfOptions } from "@beaconry/core";

/** Options of {@link followTcf}: those of `consentFromTcf`, and what TCF has no opinion on. */
export interface FollowTcfOptions extends TcfOptions {
  /**
   * Whether people to whom GDPR does not apply may be told the vendors of, as long as they have not chosen; not
   * remembered. Default: nothing is said, so their events wait.
   */
  outsideGdpr?: boolean;
}

/**
 * Hands what the person chose in an IAB TCF 2.2 consent platform to `pixel.consent`, now and at every change. Follows
 * "CMP API v2" of IAB Tech Lab:
 * https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework/blob/master/TCFv2/IAB%20Tech%20Lab%20-%20CMP%20API%20v2.md
 *
 * It calls `__tcfapi("addEventListener", 2, …)` and reads each answer by `consentFromTcf`: `tcloaded` and
 * `useractioncomplete` are choices. While the question is on the screen (`cmpuishown`), where GDPR does not apply (but
 * for `outsideGdpr`) or that is not known yet, on `success: false` and on anything malformed nothing is said: what was chosen before stays,
 * and events wait where nothing was. The platform's stub queues the call until the platform is there. Where there is
 * no `__tcfapi` yet, it looks for it every 250 ms for 30,000 ms, then gives up.
 *
 * It hears the `__tcfapi` of its own window only. A page in an iframe needs one that forwards calls to its parent by
 * `postMessage` and keeps its callbacks; the sample in that document forgets each after one answer.
 *
 * Never throws. Wrong options say nothing, so that events wait. On a server it does nothing.
 *
 * @param pixel whose `consent` is called with `{ advertising: true }` or `{ advertising: false }`
 * @param options default: the purposes alone decide
 * @returns what ends it: it removes its listener and stops looking
 */
export function followTcf(pixel: Pick<Pixel, "consent">, options: FollowTcfOptions = {}): () => void {
  return typeof window === "undefined" ? () => {} : listenToTcf(pixel, options, browserPage());
}
