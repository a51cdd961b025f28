import { remember } from "../remember.js";
import { lettersOfName } from "./text.js";

/** Letters and digits of any script, lower-case; `""` when no letter is in it. Many people live in one city: remembered. */
export const normalizeCity = /* @__PURE__ */ remember(lettersOfName);
