import { remember } from "../remember.js";
import { lettersAndDigits } from "./text.js";

/** Letters and digits of any script, lower-case; `""` when there are none. Many people live in one city: remembered. */
export const normalizeCity = /* @__PURE__ */ remember(lettersAndDigits);
