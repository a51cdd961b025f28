import type { Source } from "../context.js";
import { type Words, words } from "./word-list.js";

/**
 * The active currencies of ISO 4217, without funds, metals, units of account (such as UYW) and
 * test codes. The published list of 25 June 2024 with the changes since: XCG for ANG (2025), CUC and BGN withdrawn.
 */
const active =
  "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

/** TikTok's list for events. "Report App, Web, Offline, or CRM Events". */
const onTikTok =
  "AED ARS AUD BDT BHD BIF BOB BRL CAD CHF CLP CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK JPY KES KHR KRW KWD KZT MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD THB TRY TWD UAH USD VES VND ZAR";

/** What TikTok's mobile SDKs list besides. `BGN` was withdrawn by ISO at the start of 2026. */
const onTikTokApps = "BGN IQD JOD LBP TZS";

/** An active currency of ISO 4217. */
export type Currency = Words<typeof active>;

/** The active currencies of ISO 4217, in the alphabet's order. */
export const currencies: readonly Currency[] = /* @__PURE__ */ words(active);

/** The currencies that TikTok lists for events. What it does with another is not documented. */
export const tikTokCurrencies: readonly Words<typeof onTikTok>[] = /* @__PURE__ */ words(onTikTok);

const activeCodes: ReadonlySet<string> = /* @__PURE__ */ new Set(currencies);
const tikTokCodes: ReadonlySet<string> = /* @__PURE__ */ new Set(tikTokCurrencies);
const tikTokAppCodes: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ words(onTikTokApps));

/** Whether it is the code, in upper case, of an active currency of ISO 4217. */
export function isCurrency(code: string): code is Currency {
  return activeCodes.has(code);
}

/** Whether TikTok lists the code, in upper case, for events of this source. */
export function isTikTokCurrency(code: string, source: Source = "web"): boolean {
  return tikTokCodes.has(code) || (source === "app" && tikTokAppCodes.has(code));
}
