"use server";

import { randomUUID } from "node:crypto";
import { readConsent } from "@beaconry/server";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { socks } from "../socks";
import { getTracker } from "../tracker";

/** Takes an order. The page tracks the purchase too, under the same id: vendors count one. */
export async function buy(form: FormData): Promise<void> {
  const email = form.get("email");
  if (typeof email !== "string" || !email.includes("@")) throw new Error("email is missing");
  const id = randomUUID();
  const head = await headers();
  // The page is the form's own, which the Referer tells.
  const request = { method: "POST", url: `https://${head.get("host")}/`, headers: head };
  await getTracker()
    .fromRequest(request, { consent: readConsent(form.get("consent")) })
    .track("Purchase", { ...socks, orderId: id }, { id, user: { email } })
    // The sale goes on when the outbox is full.
    .catch((error) => console.error("not tracked:", error.code));
  redirect(`/thanks?order=${id}`);
}
