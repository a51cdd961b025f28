/** The advertising platforms that events go to. */
export type Vendor = "meta" | "tiktok";
