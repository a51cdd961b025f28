import type { EventName } from "@beaconry/server";

/** A change of a lead's stage, as the CRM's webhook tells it. */
export interface StageChange {
  /** Of the change, not of the lead: a webhook that comes again has the same. */
  id: string;
  /** Unix milliseconds. */
  time: number;
  stage: string;
  lead: {
    /** From TikTok's or Meta's lead form, kept by the CRM as the lead came in. */
    tiktokLeadId?: string;
    metaLeadId?: string;
    email?: string;
    phone?: string;
    /** What the person allowed in the form. */
    allowsAdvertising: boolean;
  };
  /** Of a deal that was won, EUR. */
  amount?: number;
}

/** The stages that the vendors are told of, by the events that they mean. */
export const stages: Readonly<Partial<Record<string, EventName>>> = {
  new: "Lead",
  contacted: "Contact",
  appointment: "Schedule",
  won: "Purchase",
};

const text = { type: "string", minLength: 1, maxLength: 320 } as const;

export const stageChangeSchema = {
  type: "object",
  required: ["id", "time", "stage", "lead"],
  properties: {
    id: { type: "string", pattern: "^[\\w.:-]{1,128}$" },
    time: { type: "integer", minimum: 0 },
    stage: text,
    lead: {
      type: "object",
      required: ["allowsAdvertising"],
      properties: {
        tiktokLeadId: text,
        metaLeadId: text,
        email: text,
        phone: text,
        allowsAdvertising: { type: "boolean" },
      },
    },
    amount: { type: "number", minimum: 0 },
  },
  // Neither vendor takes a Purchase without its value.
  if: { properties: { stage: { const: "won" } } },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  then: { required: ["amount"] },
} as const;
