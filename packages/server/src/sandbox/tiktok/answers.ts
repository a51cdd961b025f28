import { randomUUID } from "node:crypto";
import type { Answer } from "../http-call.js";
import type { TokenState } from "../tokens.js";

/** Token errors; the sandbox knows the three that a client can meet without OAuth. */
const tokenErrors: Readonly<Record<Exclude<TokenState, "good">, readonly [code: number, message: string]>> = {
  missing: [40104, "Access token is empty"],
  bad: [40105, "Access token is incorrect or has been revoked"],
  expired: [40102, "Access token has expired"],
};

/** HTTP 200 for every application error: `code` decides. */
export function envelope(code: number, message: string, more: Pick<Answer, "parsed" | "arrivals"> = {}): Answer {
  return { status: 200, body: { code, message, request_id: randomUUID(), data: {} }, ...more };
}

export function tokenAnswer(state: Exclude<TokenState, "good">): Answer {
  return envelope(...tokenErrors[state]);
}
