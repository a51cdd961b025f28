/** What the packages share among themselves. Not for apps: it changes without notice. */

export { sha256Hex } from "#sha256";
export { clickIdForm } from "../clicks.js";
export { checkFuture, maxEventAge } from "../limits.js";
export { normalizeCountry } from "../user/country.js";
export { normalizeEmail } from "../user/email.js";
export { normalizePhone } from "../user/phone.js";
export { readMatchKeys } from "../user/read-match-keys.js";
export { isMd5, isSha256 } from "../user/text.js";
export { createEmitter, type Emitter } from "./emitter.js";
export { toPageAddress, toPageTitle } from "./page-texts.js";
export { type Backoff, backoffDelay, readRetryAfter } from "./retry.js";
export {
  aFunction,
  anyOf,
  anyText,
  checkOptions,
  group,
  listOf,
  numberFrom,
  oneOf,
  type Rule,
  required,
  someText,
  textLike,
  wholeFrom,
  withMethods,
  yesOrNo,
} from "./rule.js";
export { withoutEmail } from "./without-email.js";
