import { remember } from "../remember.js";
import { lettersAndDigits, lookupName } from "./text.js";

const unitedStates =
  "alabama:al alaska:ak arizona:az arkansas:ar california:ca colorado:co connecticut:ct delaware:de florida:fl georgia:ga " +
  "hawaii:hi idaho:id illinois:il indiana:in iowa:ia kansas:ks kentucky:ky louisiana:la maine:me maryland:md " +
  "massachusetts:ma michigan:mi minnesota:mn mississippi:ms missouri:mo montana:mt nebraska:ne nevada:nv newhampshire:nh " +
  "newjersey:nj newmexico:nm newyork:ny northcarolina:nc northdakota:nd ohio:oh oklahoma:ok oregon:or pennsylvania:pa " +
  "rhodeisland:ri southcarolina:sc southdakota:sd tennessee:tn texas:tx utah:ut vermont:vt virginia:va washington:wa " +
  "westvirginia:wv wisconsin:wi wyoming:wy districtofcolumbia:dc washingtondc:dc americansamoa:as guam:gu " +
  "northernmarianaislands:mp puertorico:pr virginislands:vi";

const canada =
  "alberta:ab britishcolumbia:bc manitoba:mb newbrunswick:nb newfoundlandandlabrador:nl newfoundland:nl novascotia:ns " +
  "northwestterritories:nt nunavut:nu ontario:on princeedwardisland:pe quebec:qc saskatchewan:sk yukon:yt";

const table = (pairs: string): ReadonlyMap<string, string> =>
  new Map(pairs.split(" ").map((pair) => [pair.slice(0, -3), pair.slice(-2)]));

const byCountry: Readonly<Record<"us" | "ca", ReadonlyMap<string, string>>> = {
  us: /* @__PURE__ */ table(unitedStates),
  ca: /* @__PURE__ */ table(canada),
};

/**
 * State or province: names of US states and Canadian provinces become their codes when the country is that one or
 * not known; everything else is lower-cased, without spaces and punctuation.
 */
export function normalizeState(text: string, country: string): string {
  return stateIn(`${country}:${text}`);
}

const stateIn = /* @__PURE__ */ remember((countryAndText) => {
  const separator = countryAndText.indexOf(":");
  const country = countryAndText.slice(0, separator);
  const text = countryAndText.slice(separator + 1);
  const name = lookupName(text);
  const codeIn = (of: "us" | "ca") => (country === "" || country === of ? byCountry[of].get(name) : undefined);
  return codeIn("us") ?? codeIn("ca") ?? lettersAndDigits(text);
});
