import { randomBytes } from "node:crypto";
import type { Answer } from "../http-call.js";
import type { TokenState } from "../tokens.js";

/** Subcodes of error 100 with a known meaning. */
export const subcodes = {
  tooOld: 2804003,
  purchaseWithoutValue: 2804009,
  notHashed: 2804016,
  wrongType: 2804019,
  tooWeak: 2804050,
  /** Object missing, token without permission for it, or wrong id. */
  noSuchObject: 33,
  tokenExpired: 463,
} as const;

export interface MetaRefusal {
  readonly status: number;
  readonly code: number;
  readonly subcode?: number;
  readonly title: string;
  /** The user message, which is where Meta puts the JSON path. */
  readonly detail: string;
}

/** Error 100; without a subcode where none is known for the case. */
export function invalid(detail: string, subcode?: number, title = "Invalid parameter"): MetaRefusal {
  return { status: 400, code: 100, title, detail, ...(subcode !== undefined && { subcode }) };
}

/**
 * The Graph error envelope. Clients should decide by code, subcode and is_transient: `type` and the texts are ours, since
 * Meta localises and changes them.
 */
export function errorAnswer(refusal: MetaRefusal): Answer {
  const { status, code, subcode, title, detail } = refusal;
  const error = {
    message: title,
    type: "OAuthException",
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    is_transient: false,
    error_user_title: title,
    error_user_msg: detail,
    fbtrace_id: traceId(),
  };
  return { status, body: { error } };
}

/** HTTP 401, code 190. A wrong token has no subcode and no is_transient (probe of v26.0, September 2026). */
export function tokenAnswer(state: Exclude<TokenState, "good">): Answer {
  const error = {
    message: state === "missing" ? "An access token is required" : "Invalid access token",
    type: "OAuthException",
    code: 190,
    ...(state === "expired" && { error_subcode: subcodes.tokenExpired }),
    fbtrace_id: traceId(),
  };
  return { status: 401, body: { error } };
}

export function traceId(): string {
  return randomBytes(12).toString("base64url");
}
