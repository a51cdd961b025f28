import type { Consent, Device } from "@beaconry/server";

/** What the app says of its installation. Kept, so that later requests need not repeat it. */
export interface Installation {
  /** Made by the app at its first start, kept until it is removed. */
  id: string;
  appVersion: string;
  device: Omit<Device, "anonId">;
  /** The shop's own question, the system's (App Tracking Transparency on iOS), the switch in the app. */
  consent: Pick<Consent, "advertising" | "advertiserTracking" | "applicationTracking">;
}

export interface Order {
  installationId: string;
  email: string;
}

const text = { type: "string", minLength: 1, maxLength: 100 } as const;
const yesOrNo = { type: "boolean" } as const;
const id = { type: "string", pattern: "^[\\w-]{8,64}$" } as const;

export const installationSchema = {
  type: "object",
  required: ["id", "appVersion", "device", "consent"],
  additionalProperties: false,
  properties: {
    id,
    appVersion: text,
    device: {
      type: "object",
      required: ["platform", "osVersion"],
      additionalProperties: false,
      properties: {
        platform: { enum: ["android", "ios"] },
        osVersion: text,
        advertisingId: text,
        vendorId: text,
        model: text,
        locale: text,
        timezone: text,
      },
    },
    consent: {
      type: "object",
      additionalProperties: false,
      properties: { advertising: yesOrNo, advertiserTracking: yesOrNo, applicationTracking: yesOrNo },
    },
  },
} as const;

export const orderSchema = {
  type: "object",
  required: ["installationId", "email"],
  additionalProperties: false,
  properties: { installationId: id, email: { type: "string", maxLength: 320, pattern: "@" } },
} as const;
