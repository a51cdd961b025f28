import type { PropertiesOf, UserData } from "@beaconry/server";
import type { Stripe } from "stripe";

/** A purchase as `track` takes it. */
export interface Purchase {
  orderId: string;
  properties: PropertiesOf<"Purchase">;
  user: UserData;
  /** ms */
  time: number;
}

/** The purchase of a checkout that has been paid; nothing for every other event of Stripe's. */
export function toPurchase(event: Stripe.Event): Purchase | undefined {
  if (event.type !== "checkout.session.completed" && event.type !== "checkout.session.async_payment_succeeded") return;
  const { payment_status, client_reference_id, amount_total, currency, customer_details } = event.data.object;
  if (payment_status !== "paid" || !client_reference_id || amount_total === null || !currency) return;
  return {
    orderId: client_reference_id,
    properties: {
      currency: currency.toUpperCase(),
      value: toUnits(amount_total, currency),
      orderId: client_reference_id,
    },
    user: {
      email: customer_details?.email ?? undefined,
      phone: customer_details?.phone ?? undefined,
      city: customer_details?.address?.city ?? undefined,
      zip: customer_details?.address?.postal_code ?? undefined,
      country: customer_details?.address?.country ?? undefined,
    },
    time: event.created * 1_000,
  };
}

/**
 * Currencies that Stripe counts otherwise than in hundredths (https://docs.stripe.com/currencies). `Intl` has another list,
 * of what people use: by it, forints, rupiahs and Colombian pesos would come out a hundred times too high.
 */
const whole = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" ");
const thousandths = "BHD JOD KWD OMR TND".split(" ");

/** Stripe counts in the smallest unit: 2197 is 21.97 in euros, but 2,197 in yen. */
function toUnits(amount: number, currency: string): number {
  const code = currency.toUpperCase();
  if (whole.includes(code)) return amount;
  return amount / (thousandths.includes(code) ? 1_000 : 100);
}
