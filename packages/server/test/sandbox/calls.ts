import { createHash } from "node:crypto";
import type { Sandbox } from "../../src/sandbox/index.js";

/** Published vectors: TikTok's and Meta's own examples. */
export const EMAIL_HASH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
export const NAME_HASH = "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec";
export const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** 2026-11-21T12:00:00Z, the tests' clock. */
export const NOW = Date.UTC(2026, 10, 21, 12);
export const NOW_SECONDS = NOW / 1000;

export interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : { text } };
}

// ---- TikTok

export const tikTokEvent = (more: Record<string, unknown> = {}) => ({
  event: "AddToCart",
  event_time: NOW_SECONDS,
  event_id: "e-1",
  user: { email: EMAIL_HASH, ip: "203.0.113.7", user_agent: "Mozilla/5.0" },
  properties: { currency: "EUR", value: 21.97, contents: [{ content_id: "1234", price: 9.99, quantity: 2 }] },
  page: { url: "https://shop.example/cart" },
  ...more,
});

export const tikTokBody = (events: readonly unknown[], more: Record<string, unknown> = {}) => ({
  event_source: "web",
  event_source_id: "C0FFEEC0FFEEC0FFEE00",
  data: events,
  ...more,
});

export async function toTikTok(
  sandbox: Sandbox,
  body: unknown,
  token: string | null = "token-1",
  path = "event/track/",
): Promise<Reply> {
  const headers = { "content-type": "application/json", ...(token !== null && { "Access-Token": token }) };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return reply(await fetch(`${sandbox.url}/open_api/v1.3/${path}`, { method: "POST", headers, body: text }));
}

// ---- Meta Conversions API

export const metaEvent = (more: Record<string, unknown> = {}) => ({
  event_name: "AddToCart",
  event_time: NOW_SECONDS,
  event_id: "e-1",
  action_source: "website",
  event_source_url: "https://shop.example/cart",
  user_data: { em: [EMAIL_HASH], client_ip_address: "203.0.113.7", client_user_agent: "Mozilla/5.0" },
  custom_data: { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, item_price: 9.99 }] },
  ...more,
});

export async function toMeta(sandbox: Sandbox, events: unknown, more: Record<string, unknown> = {}): Promise<Reply> {
  const body = JSON.stringify({ data: events, access_token: "token-1", ...more });
  const headers = { "content-type": "application/json" };
  return reply(await fetch(`${sandbox.url}/v26.0/1234567890/events`, { method: "POST", headers, body }));
}

export const metaError = (answer: Reply) => answer.body.error as Record<string, unknown>;

// ---- Meta App Events API

/** The documented full example of extinfo. */
export const EXTINFO = [
  ...["a2", "com.some.app", "771", "Version 7.7.1", "10.1.1", "OnePlus6", "en_US", "GMT-1", "TMobile"],
  ...["1920", "1080", "2.00", "2", "128", "8", "USA/New York"],
];

export const appForm = (more: Record<string, string | undefined> = {}) => ({
  event: "CUSTOM_APP_EVENTS",
  access_token: "4321|secret",
  advertiser_id: "38400000-8cf0-11bd-b23e-10b96e40000d",
  advertiser_tracking_enabled: "1",
  application_tracking_enabled: "1",
  extinfo: JSON.stringify(EXTINFO),
  custom_events: JSON.stringify([{ _eventName: "fb_mobile_add_to_cart", _logTime: NOW_SECONDS, event_id: "e-1" }]),
  ...more,
});

export interface AppCall {
  readonly forwardedFor?: string | null;
  readonly path?: string;
}

export async function toApp(
  sandbox: Sandbox,
  form: Record<string, string | undefined>,
  { forwardedFor = "203.0.113.7", path = "/4321/activities" }: AppCall = {},
): Promise<Reply> {
  const fields = Object.entries(form).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const headers: Record<string, string> = forwardedFor === null ? {} : { "X-Forwarded-For": forwardedFor };
  const response = await fetch(`${sandbox.url}${path}`, { method: "POST", headers, body: new URLSearchParams(fields) });
  return reply(response);
}
