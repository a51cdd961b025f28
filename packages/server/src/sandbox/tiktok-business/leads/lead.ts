import { sandboxCampaign } from "./forms.js";

/** A subscription that a lead is sent to, and how far that is. */
export interface SandboxDelivery {
  readonly subscriptionId: string;
  readonly callbackUrl: string;
  /** Requests made. */
  readonly attempts: number;
  /** What the last one was answered; absent when none was answered. */
  readonly status?: number;
  /** `sending` until it is answered 200, or given up after 72 hours. */
  readonly state: "sending" | "delivered" | "given up";
}

/** A lead that somebody handed in. */
export interface SandboxLead {
  readonly id: string;
  readonly formId: string;
  readonly formName: string;
  readonly accountId: string;
  /** Unix time, ms. */
  readonly createdAt: number;
  /** Where TikTok keeps it; absent for the rest of the world. */
  readonly region?: "eu" | "us";
  readonly answers: Readonly<Record<string, string>>;
  /** Whether it is the form's test lead. */
  readonly isTest: boolean;
  readonly deliveries: readonly SandboxDelivery[];
}

/** What somebody hands in: see {@link SandboxLead}. */
export interface NewSandboxLead {
  /** Default: the first form. */
  readonly formId?: string;
  /** Question → answer. */
  readonly answers: Readonly<Record<string, string>>;
  readonly region?: "eu" | "us";
}

/** As `/lead/get/` and the calls about test leads give it. */
export function toWireLead(lead: SandboxLead) {
  return {
    lead_data: lead.answers,
    meta_data: { lead_id: lead.id, ...toPlace(lead), create_time: toUtc(lead.createdAt) },
  };
}

/** As a webhook has it, in JSON: ids are numbers, and everything but ASCII is escaped. */
export function toNotice(lead: SandboxLead, requestId: string, now: number): string {
  const changes = Object.entries(lead.answers).map(([field, value]) => ({ field, value }));
  const create_time = Math.floor(lead.createdAt / 1_000);
  const entry = { id: lead.id, ...toPlace(lead), library_id: "0", create_time, changes };
  const notice = { request_id: requestId, object: 1, time: Math.floor(now / 1_000), entry: [entry] };
  return JSON.stringify(notice)
    .replace(/"((?:\w+_)?id)":"(\d+)"/g, '"$1":$2')
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Such as `2025-05-16 08:00:00`. */
export function toUtc(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

function toPlace({ formId, formName, accountId }: SandboxLead) {
  return {
    lead_source: "INSTANT_FORM",
    page_id: formId,
    page_name: formName,
    advertiser_id: accountId,
    ...sandboxCampaign,
  };
}
