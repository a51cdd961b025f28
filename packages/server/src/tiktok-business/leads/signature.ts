import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AnswerHeaders } from "../../http.js";

/** Whether a request is signed, and by whoever knows the secret. */
export type Signed = "valid" | "wrong" | "unsigned";

/**
 * TikTok's two ways to sign a webhook. `X-Open-Signature` is the HMAC-SHA256 of the body with the app's secret, and
 * what the guide for leads describes; `TikTok-Signature: t=…,s=…` signs the time too, and is the one of its other
 * webhooks. Which of them comes with leads TikTok's pages say differently, so either is verified.
 * @param body the bytes as they came, as text
 * @param tolerance how far the signed time may be from now, ms
 * @param now Unix time, ms
 */
export function checkSignature(
  headers: AnswerHeaders,
  body: string,
  secret: string,
  tolerance: number,
  now: number,
): Signed {
  const open = headers.get("x-open-signature");
  const timed = headers.get("tiktok-signature");
  if (open === null && timed === null) return "unsigned";
  const isOpen = open === null || isOpenSignature(open.trim(), body, secret);
  const isTimed = timed === null || isTimedSignature(timed, body, secret, tolerance, now);
  return isOpen && isTimed ? "valid" : "wrong";
}

/** TikTok signs the body with all but ASCII escaped, and does not say whether it is sent so. */
function isOpenSignature(signature: string, body: string, secret: string): boolean {
  return sameText(signature, hmac(secret, body)) || sameText(signature, hmac(secret, escapeUnicode(body)));
}

function isTimedSignature(header: string, body: string, secret: string, tolerance: number, now: number): boolean {
  const parts = new Map(header.split(",").map((part) => part.trim().split("=", 2) as [string, string]));
  const time = parts.get("t") ?? "";
  if (!/^\d{1,12}$/.test(time) || Math.abs(Number(time) * 1_000 - now) > tolerance) return false;
  return sameText(parts.get("s") ?? "", hmac(secret, `${time}.${body}`));
}

/** HMAC-SHA256, as lower-case hex. */
export function hmac(secret: string, text: string): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function escapeUnicode(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
