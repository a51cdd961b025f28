import type { PersonField } from "./person.js";

/** One column of an audience's files. */
interface Column {
  /** As TikTok wants it in the first row; the other schemas have no such row. */
  readonly title?: string;
  readonly fields: readonly PersonField[];
}

interface Schema {
  /** TikTok's word. */
  readonly calculateType: string;
  readonly columns: readonly Column[];
}

/** By what an audience's people are known. TikTok Business API, `calculate_type`. */
export const audienceSchemas = {
  /** E-mail addresses. */
  email: { calculateType: "EMAIL_SHA256", columns: [{ fields: ["email"] }] },
  /** Phone numbers. */
  phone: { calculateType: "PHONE_SHA256", columns: [{ fields: ["phone"] }] },
  /** Advertising ids of iOS. */
  idfa: { calculateType: "IDFA_SHA256", columns: [{ fields: ["idfa"] }] },
  /** Advertising ids of Android. */
  gaid: { calculateType: "GAID_SHA256", columns: [{ fields: ["gaid"] }] },
  /** Advertising ids of both. */
  maid: { calculateType: "MAID_SHA256", columns: [{ fields: ["idfa", "gaid"] }] },
  /** Any of these, of one person in one row. */
  multiple: {
    calculateType: "MULTIPLE_TYPES",
    columns: [
      { title: "email_SHA256", fields: ["email"] },
      { title: "phone_SHA256", fields: ["phone"] },
      { title: "MAID_SHA256", fields: ["idfa", "gaid"] },
    ],
  },
} as const satisfies Record<string, Schema>;

/** A key of {@link audienceSchemas}. */
export type AudienceSchema = keyof typeof audienceSchemas;

/** The schema of TikTok's word; absent for one that Beaconry does not write. */
export function schemaOf(calculateType: string): AudienceSchema | undefined {
  const found = Object.entries(audienceSchemas).find(([, schema]) => schema.calculateType === calculateType);
  return found?.[0] as AudienceSchema | undefined;
}
