import type { SandboxEndpoint } from "../../received.js";

export type Vendor = "tiktok" | "meta";
export type Side = "browser" | "server";

interface EndpointRow {
  readonly vendor: Vendor;
  readonly side: Side;
  readonly label: string;
  /** What the vendor calls the sender. */
  readonly source: string;
}

export const endpoints: Readonly<Record<SandboxEndpoint, EndpointRow>> = {
  "tiktok.pixel": { vendor: "tiktok", side: "browser", label: "TikTok tag", source: "Pixel code" },
  "tiktok.events": { vendor: "tiktok", side: "server", label: "TikTok Events API", source: "Event source id" },
  "tiktok.business": { vendor: "tiktok", side: "server", label: "TikTok Business API", source: "Ad account" },
  "meta.pixel": { vendor: "meta", side: "browser", label: "Meta tag", source: "Pixel id" },
  "meta.conversions": { vendor: "meta", side: "server", label: "Meta Conversions API", source: "Dataset id" },
  "meta.appEvents": { vendor: "meta", side: "server", label: "Meta App Events API", source: "App id" },
};

export const vendorLabels: Readonly<Record<Vendor, string>> = { tiktok: "TikTok", meta: "Meta" };
export const sideLabels: Readonly<Record<Side, string>> = { browser: "Browser", server: "Server" };
