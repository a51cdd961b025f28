import { type Rule, textLike } from "@beaconry/core/internal";

/**
 * An id, a token or a secret. With the line break that a file ends in, one would be found wrong only by the vendor, or by
 * each request on its way.
 */
export const credential: Rule = textLike(/^\S+$/, "a text without spaces and line breaks");
