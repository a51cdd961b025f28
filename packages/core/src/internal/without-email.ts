/** Encoded delimiters, which end what is before the address; `%25` is an encoded `%`, of what is encoded twice. */
const delimiter = "%(?:25){0,4}(?:2[036acf]|3[abdf])";
/** Letters of any script, also encoded. */
const letter = "[\\p{L}\\p{N}-]|%(?:25){0,4}[89a-f][0-9a-f]";
/** An address as people have them. Bounded, so that long texts cost little. */
const email = /* @__PURE__ */ new RegExp(
  `((?:${delimiter})?)(?:${letter}|[.+~_']|%(?:25){0,4}2b){0,64}[!#$&'*/=?^\`{|}]?(?:@|%(?:25){0,4}40)` +
    `(?:${letter}){1,63}(?:\\.(?:${letter}){1,63})+`,
  "giu",
);

/** The text, such as an address of a page, with `[email]` in the place of each e-mail address. */
export function withoutEmail(text: string): string {
  return /@|40/.test(text) ? text.replace(email, "$1[email]") : text;
}
