import type { JsonObject } from "../../json.js";

/** A webhook subscription at a sandbox. */
export interface SandboxSubscription {
  readonly id: string;
  /** The app that made it. */
  readonly appId: string;
  /** TikTok's word for what it is told of, such as `LEAD`. */
  readonly entity: string;
  readonly callbackUrl: string;
  /** What it is of, under TikTok's names: `advertiser_id`, `page_id` … */
  readonly details: JsonObject;
  /** Whether its token is still good: with a token that was revoked nothing is sent any more. */
  readonly alive: boolean;
}
