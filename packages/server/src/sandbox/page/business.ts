import { type Signal, signal } from "@preact/signals";
import type { BusinessPart } from "../feed/entries.js";
import type { SandboxAccount } from "../tiktok-business/accounts.js";
import type { SandboxForm } from "../tiktok-business/leads/forms.js";
import type { SandboxSubscription } from "../tiktok-business/leads/subscription.js";
import { clock } from "./clock.js";
import {
  type AudienceFacts,
  type KeptLeads,
  listAccounts,
  listAudiences,
  listForms,
  listLeads,
  listSubscriptions,
} from "./sandbox-client.js";
import { isPaused } from "./state.js";

/** Leads shown: the newest. */
const MOST_LEADS = 200;
/** What changes is asked for at most so often, ms: the list of events goes first. */
const CALM = 250;

// What TikTok's Business API has; undefined until it has been loaded.
export const accounts = signal<readonly SandboxAccount[] | undefined>(undefined);
export const audiences = signal<readonly AudienceFacts[] | undefined>(undefined);
export const leads = signal<KeptLeads | undefined>(undefined);
export const subscriptions = signal<readonly SandboxSubscription[] | undefined>(undefined);
/** The forms that leads are handed in by; they never change. */
export const forms = signal<readonly SandboxForm[]>([]);

const parts: Readonly<Record<BusinessPart, () => Promise<void>>> = {
  accounts: into(accounts, listAccounts),
  audiences: into(audiences, listAudiences),
  leads: into(leads, () => listLeads(MOST_LEADS)),
  subscriptions: into(subscriptions, listSubscriptions),
};

const stale = new Set<BusinessPart>();
let isWaiting = false;

/** Asks for all of it: at the start, when the connection is back, and after a reset. */
export function loadBusiness(): void {
  if (forms.value.length === 0) void into(forms, listForms)();
  for (const part of Object.keys(parts) as BusinessPart[]) loadPart(part);
}

/** Asks for a part that is another now, soon and once. */
export function loadPart(part: BusinessPart): void {
  stale.add(part);
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(loadStale, CALM);
}

/** Audiences become ready by the clock alone. */
export function tickBusiness(): void {
  const isDue = audiences.value?.some(({ status, readyAt }) => status === "processing" && readyAt <= clock());
  if (isDue) loadPart("audiences");
}

/** During a pause nothing: what is told anew after it asks for all. */
async function loadStale(): Promise<void> {
  if (isPaused.value) {
    isWaiting = false;
    return;
  }
  const asked = [...stale];
  stale.clear();
  await Promise.all(asked.map((part) => parts[part]()));
  isWaiting = stale.size > 0;
  if (isWaiting) setTimeout(loadStale, CALM);
}

/** What can not be read is told by the connection's state already, and loaded when that is back. */
function into<T>(to: Signal<T>, load: () => Promise<T & {}>): () => Promise<void> {
  return async () => {
    try {
      to.value = await load();
    } catch {
      // Said above.
    }
  };
}
