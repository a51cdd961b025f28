import { remember } from "../remember.js";
import { countryCodes } from "./country-codes.js";
import { codesByName, lookupName, visible } from "./text.js";

/** What people write that neither ISO nor the platform's English names have, as {@link lookupName} has it. */
const aliases = /* @__PURE__ */ codesByName(
  "america:us bolivarianrepublicofvenezuela:ve burma:mm caboverde:cv capeverde:cv czechrepublic:cz england:gb " +
    "greatbritain:gb holland:nl hongkong:hk ivorycoast:ci korea:kr macao:mo macau:mo macedonia:mk myanmar:mm " +
    "northernireland:gb palestine:ps republicofkorea:kr russianfederation:ru scotland:gb swaziland:sz " +
    "thenetherlands:nl turkey:tr uae:ae uk:gb unitedstatesofamerica:us us:us usa:us vatican:va wales:gb",
);

let englishNames: ReadonlyMap<string, string> | undefined;

/** Built at the first name that is met: English names come with every JavaScript engine, so no table is shipped. */
function codeOfName(name: string): string | undefined {
  if (!englishNames) {
    const names = new Intl.DisplayNames(["en"], { type: "region" });
    englishNames = new Map([...countryCodes].map((code) => [lookupName(names.of(code.toUpperCase()) ?? code), code]));
  }
  return englishNames.get(name);
}

/** ISO 3166-1 alpha-2 in lower case, from a code or an English name; `""` when it is neither. */
export const normalizeCountry = /* @__PURE__ */ remember((text) => {
  // A code with nothing in it: "N/A" is not Namibia.
  const code = visible(text).toLowerCase();
  if (countryCodes.has(code)) return code;
  const name = lookupName(text);
  return aliases.get(name) ?? codeOfName(name) ?? "";
});
