/**
 * What the pixel takes of the core, in an entry that reaches nothing else: bundlers put whole files into a page, so what
 * is here must not share one with what a page loads later, or never. Not for apps: it changes without notice.
 */

export { chooseFbc, chooseFbp } from "./clicks/fb-cookie.js";
export { chooseTtclid } from "./clicks/tiktok-ids.js";
export { readClickIds } from "./clicks.js";
export { consentFromGoogle } from "./consent/google.js";
export { consentFromTcf } from "./consent/tcf.js";
export { permission } from "./consent.js";
export { BeaconryError, isBeaconryError } from "./error.js";
export { uuidFromBytes } from "./event.js";
export { createEmitter, type Emitter } from "./internal/emitter.js";
export { toPageAddress, toPageTitle } from "./internal/page-texts.js";
export { backoffDelay, readRetryAfter } from "./internal/retry.js";
export { withoutEmail } from "./internal/without-email.js";
export { toFbqCall } from "./meta/fbq-call.js";
export { toTtqCall } from "./tiktok/ttq-call.js";
export { hashUsualForms } from "./user/usual-forms.js";
