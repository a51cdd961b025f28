/** An instant form of the sandbox. */
export interface SandboxForm {
  readonly page_id: string;
  readonly page_name: string;
  /** The account that it belongs to. */
  readonly advertiser_id: string;
  readonly fields: readonly string[];
}

/** What there is: a form with TikTok's own questions, and one with a question in another language. */
export const sandboxForms: readonly SandboxForm[] = [
  {
    page_id: "7400000000000000001",
    page_name: "Newsletter",
    advertiser_id: "7000000000000000001",
    fields: ["name", "email", "phone_number"],
  },
  {
    page_id: "7400000000000000002",
    page_name: "Probefahrt",
    advertiser_id: "7000000000000000001",
    fields: ["name", "email", "phone_number", "Wann dürfen wir anrufen?"],
  },
];

/** The campaign that all forms of the sandbox are advertised by. */
export const sandboxCampaign = {
  campaign_id: "7500000000000000001",
  campaign_name: "Sandbox leads",
  adgroup_id: "7500000000000000002",
  adgroup_name: "Everybody",
  ad_id: "7500000000000000003",
  ad_name: "Sandbox ad",
} as const;

/** The answers of a test lead. */
export const testAnswers: Readonly<Record<string, string>> = {
  name: "Jane Doe",
  email: "jane.doe@example.com",
  phone_number: "+4915100000001",
};
