import type { Pixel } from "../pixel.js";
import { listenToGoogleConsent } from "./listen-to-google-consent.js";
import { browserPage } from "./page.js";

/** Options of {@link followGoogleConsent}. */
export interface GoogleConsentOptions {
  /** Name of the global array that `gtag` pushes to. Call once for each, where there are several. Default: `dataLayer`. */
  dataLayer?: string;
}

/**
 * Hands the state of Google's consent mode to `pixel.consent`, now and at every change. Follows "Set up consent mode
 * on websites": https://developers.google.com/tag-platform/security/guides/consent
 *
 * It reads the `gtag("consent", …)` commands in the data layer, which it creates where it is missing: those that are
 * there, and later ones as they are pushed. Whatever came in another way (another array in its place, `push`
 * replaced) it finds within 1,000 ms. The page's `push` keeps its arguments, its answer and what it throws.
 * The same answer again is not handed over again.
 *
 * - `update` is the person's choice, read by `consentFromGoogle`: one of `ad_storage`, `ad_user_data` and
 *   `ad_personalization` denied is a refusal, all three granted a consent. Types that an update leaves out stay as the
 *   updates before it had them.
 * - `default` denied is no refusal, since nobody was asked: events wait.
 * - `default` granted for all three (or for those that updates leave out) is a consent until an update comes, but only
 *   once its `wait_for_update` (milliseconds, at most 10,000; default 0) is over, and never against an update or a
 *   choice of an earlier page. It is not remembered.
 * - `default` with a `region` can only take a grant away: it may not be this person's region, and Google lets the more
 *   specific region win. Granted in one region alone, events wait.
 *
 * Templates of Google Tag Manager that set the state by its own interface leave nothing in the data layer, and are not
 * heard. Never throws; what is malformed says nothing. On a server it does nothing.
 *
 * @param pixel whose `consent` is called with `{ advertising: true }` or `{ advertising: false }`
 * @returns what ends it, and gives the data layer its `push` back
 */
export function followGoogleConsent(pixel: Pick<Pixel, "consent">, options: GoogleConsentOptions = {}): () => void {
  return typeof window === "undefined"
    ? () => {}
    : listenToGoogleConsent(pixel, options?.dataLayer ?? "dataLayer", browserPage());
}
