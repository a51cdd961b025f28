import { remember } from "../remember.js";
import { lookupName } from "./text.js";

/** ISO 3166-1 alpha-2, all officially assigned codes, two letters each. */
const assignedCodes =
  "adaeafagaialamaoaqarasatauawaxazbabbbdbebfbgbhbibjblbmbnbobqbrbsbtbvbwbybzcacccdcfcgchcickclcmcncocrcucvcwcxcyczdedjdk" +
  "dmdodzeceeegeheresetfifjfkfmfofrgagbgdgegfggghgiglgmgngpgqgrgsgtgugwgyhkhmhnhrhthuidieiliminioiqirisitjejmjojpkekgkhki" +
  "kmknkpkrkwkykzlalblclilklrlsltlulvlymamcmdmemfmgmhmkmlmmmnmompmqmrmsmtmumvmwmxmymznancnenfngninlnonpnrnunzompapepfpgph" +
  "pkplpmpnprpsptpwpyqarerorsrurwsasbscsdsesgshsisjskslsmsnsosrssstsvsxsysztctdtftgthtjtktltmtntotrtttvtwtzuaugumusuyuzva" +
  "vcvevgvivnvuwfwsyeytzazmzw";

const codes: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ assignedCodes.match(/../g));

/** What people write that neither ISO nor the platform's English names have, as {@link lookupName} has it. */
const aliases: Readonly<Record<string, string>> = {
  america: "us",
  bolivarianrepublicofvenezuela: "ve",
  burma: "mm",
  caboverde: "cv",
  capeverde: "cv",
  czechrepublic: "cz",
  england: "gb",
  greatbritain: "gb",
  holland: "nl",
  hongkong: "hk",
  ivorycoast: "ci",
  korea: "kr",
  macao: "mo",
  macau: "mo",
  macedonia: "mk",
  myanmar: "mm",
  northernireland: "gb",
  palestine: "ps",
  republicofkorea: "kr",
  russianfederation: "ru",
  scotland: "gb",
  swaziland: "sz",
  thenetherlands: "nl",
  turkey: "tr",
  uae: "ae",
  uk: "gb",
  unitedstatesofamerica: "us",
  usa: "us",
  vatican: "va",
  wales: "gb",
};

let codesByName: ReadonlyMap<string, string> | undefined;

/** Built at the first name that is met: English names come with every JavaScript engine, so no table is shipped. */
function codeOfName(name: string): string | undefined {
  if (!codesByName) {
    const names = new Intl.DisplayNames(["en"], { type: "region" });
    codesByName = new Map([...codes].map((code) => [lookupName(names.of(code.toUpperCase()) ?? code), code]));
  }
  return codesByName.get(name);
}

/** ISO 3166-1 alpha-2 in lower case, from a code or an English name; `""` when it is neither. */
export const normalizeCountry = /* @__PURE__ */ remember((text) => {
  const name = lookupName(text);
  if (codes.has(name)) return name;
  return (Object.hasOwn(aliases, name) ? aliases[name] : codeOfName(name)) ?? "";
});
