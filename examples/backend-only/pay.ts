// `npm run pay`, while the demo runs: an order of a visitor, then the webhook that Stripe would send of its payment.
import { Stripe } from "stripe";

const { SHOP_URL = "http://127.0.0.1:3000", STRIPE_WEBHOOK_SECRET = "whsec_demo" } = process.env;

const order = await fetch(`${SHOP_URL}/orders`, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    Referer: `${SHOP_URL}/checkout`,
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    Cookie: "_fbp=fb.1.1790000000000.1098115397",
    "X-Forwarded-For": "168.212.226.204", // as the web server in front would set it
  },
  body: JSON.stringify({ consent: { advertising: process.argv[2] !== "--refused" } }),
});
const { id } = await order.json();

const payload = JSON.stringify({
  id: "evt_demo",
  object: "event",
  type: "checkout.session.completed",
  created: Math.floor(Date.now() / 1_000),
  data: {
    object: {
      object: "checkout.session",
      client_reference_id: id,
      payment_status: "paid",
      amount_total: 2197,
      currency: "eur",
      customer_details: {
        email: "ada@example.com",
        phone: "+16505551212",
        address: { city: "Menlo Park", postal_code: "94025", country: "US" },
      },
    },
  },
});
const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: STRIPE_WEBHOOK_SECRET });
// Twice, as it happens.
for (let delivery = 0; delivery < 2; delivery++) {
  const { status } = await fetch(`${SHOP_URL}/webhooks/stripe`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Stripe-Signature": signature },
    body: payload,
  });
  console.log(`order ${id}: webhook answered ${status}`);
}
