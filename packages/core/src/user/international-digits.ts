/**
 * Codes of countries in which no number begins with 0 (libphonenumber's metadata): there it is dialled before the number,
 * inside the country alone, and many people write it after the code all the same.
 */
const zeroOfCountry =
  /^(2[07]|23[34]|25[456]|3[123]|35[38]|380|4[013469]|5[13458]|6[01346]|8[46]|880|9[023458]|96[1246]|97[127])0+/;

/** The digits of a number after its `+`, as E.164 has them; `""` where it can be none. */
export function internationalDigits(digits: string): string {
  const number = digits.replace(zeroOfCountry, "$1");
  return /^[1-9]\d{6,14}$/.test(number) ? number : "";
}
