// `npm run stage -- won`, while the demo runs: the webhook that a CRM would send of a lead's new stage.
import { createHmac, randomUUID } from "node:crypto";

const { CRM_URL = "http://127.0.0.1:3000", CRM_SECRET = "demo" } = process.env;
const [stage = "won", choice] = process.argv.slice(2);

const body = JSON.stringify({
  id: randomUUID(),
  time: Date.now(),
  stage,
  lead: {
    tiktokLeadId: "7000000000000000003",
    metaLeadId: "2000000000000003",
    email: "ada@example.com",
    allowsAdvertising: choice !== "--refused",
  },
  ...(stage === "won" && { amount: 1200 }),
});
const { status } = await fetch(`${CRM_URL}/webhooks/crm`, {
  method: "POST",
  headers: {
    "Content-Type": "application/json",
    "X-Signature": createHmac("sha256", CRM_SECRET).update(body).digest("hex"),
  },
  body,
});
console.log(`${stage}: ${status}`);
