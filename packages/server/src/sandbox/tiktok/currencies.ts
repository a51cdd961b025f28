import type { TikTokSource } from "./keys.js";

/** Currencies documented for events. */
const currencies: readonly string[] = (
  "AED ARS AUD BDT BHD BIF BOB BRL CAD CHF CLP CNY COP CRC CZK DKK DZD EGP EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK " +
  "JPY KES KHR KRW KWD KZT MAD MOP MXN MYR NGN NIO NOK NZD OMR PEN PHP PKR PLN PYG QAR RON RUB SAR SEK SGD THB TRY " +
  "TWD UAH USD VES VND ZAR"
).split(" ");

/** Known to TikTok's app SDKs besides. */
const appCurrencies: readonly string[] = ["BGN", "IQD", "JOD", "LBP", "TZS"];

export function isListedCurrency(currency: unknown, source: TikTokSource): boolean {
  const listed = source === "app" ? [...currencies, ...appCurrencies] : currencies;
  return listed.some((known) => known === currency);
}
