import type { SandboxDelivery, SandboxLead } from "../../tiktok-business/leads/lead.js";
import type { Tone } from "./row.js";
import { count } from "./words.js";

interface DeliveryWords {
  readonly label: string;
  readonly tone: Tone;
}

/** How far a delivery is. */
export function deliveryWords({ state, attempts }: SandboxDelivery): DeliveryWords {
  if (state === "delivered") return { label: "Delivered", tone: "good" };
  if (state === "given up") return { label: "Given up", tone: "bad" };
  return attempts === 0
    ? { label: "Sending", tone: "calm" }
    : { label: `Not taken, ${attempts === 1 ? "once" : `${attempts} times`}`, tone: "warn" };
}

/** How far a lead is, over all who subscribed: what is worst. */
export function leadWords({ deliveries }: SandboxLead): DeliveryWords {
  const worst = ["given up", "sending", "delivered"].flatMap((state) =>
    deliveries.filter((delivery) => delivery.state === state),
  )[0];
  if (!worst) return { label: "Nobody subscribed", tone: "calm" };
  const words = deliveryWords(worst);
  return deliveries.length > 1 && worst.state === "delivered"
    ? { ...words, label: `Delivered to ${deliveries.length}` }
    : words;
}

/** What the receiver said last. */
export function answerWords({ attempts, status }: SandboxDelivery): string {
  if (attempts === 0) return "not asked yet";
  return status === undefined ? "no answer" : `HTTP ${status}`;
}

/** `2 tries` */
export const triesWords = ({ attempts }: SandboxDelivery): string => count(attempts, "try", "tries");

/** Whose address it is; its path may be all that keeps strangers out. */
export function hostOf(address: string): string {
  return URL.parse(address)?.host ?? "no address";
}

/** Who handed it in, by what stands first. */
export function personOf({ answers }: SandboxLead): string {
  return answers.name ?? answers.email ?? Object.values(answers)[0] ?? "no answers";
}
