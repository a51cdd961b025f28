import { remember } from "../remember.js";
import { codesByName, lettersAndDigits, lookupName } from "./text.js";

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

/** Reads the names of these tables; any other is lower-cased, without spaces and punctuation. */
const reader = (...tables: readonly ReadonlyMap<string, string>[]) =>
  remember((text) => {
    const name = lookupName(text);
    return tables.find((table) => table.has(name))?.get(name) ?? lettersAndDigits(text);
  });

const americans = /* @__PURE__ */ codesByName(unitedStates);
const canadians = /* @__PURE__ */ codesByName(canada);

/** By country; `""` is one that is not known. */
const readers: Readonly<Record<string, (text: string) => string>> = {
  "": /* @__PURE__ */ reader(americans, canadians),
  us: /* @__PURE__ */ reader(americans),
  ca: /* @__PURE__ */ reader(canadians),
};

const elsewhere = /* @__PURE__ */ reader();

/** As ISO 3166-2 and many shops' systems write it. */
const withCountry = /^(us|ca)-([a-z]{2})$/;

/**
 * State or province: names of US states and Canadian provinces become their codes when the country is that one or
 * not known, and so do `US-CA` and `CA-ON`; everything else is lower-cased, without spaces and punctuation.
 */
export function normalizeState(text: string, country: string): string {
  const [, its, code] = withCountry.exec(text.toLowerCase()) ?? [];
  if (code !== undefined && (country === "" || country === its)) return code;
  return (readers[country] ?? elsewhere)(text);
}
