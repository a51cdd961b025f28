import { randomBytes } from "node:crypto";
import type { Answer } from "../http-call.js";
import type { Path } from "../shape.js";
import type { TokenState } from "../tokens.js";

/** Subcodes of error 100 and 190 with a known meaning. */
export const subcodes = {
  tooOld: 2804003,
  purchaseWithoutValue: 2804009,
  notHashed: 2804016,
  wrongType: 2804019,
  tooWeak: 2804050,
  notOfConversations: 2804066,
  /** Object missing, token without permission for it, or wrong id. */
  noSuchObject: 33,
  tokenExpired: 463,
} as const;

export interface MetaRefusal {
  readonly status: number;
  readonly code: number;
  readonly subcode?: number;
  /** Default: the title. */
  readonly message?: string;
  readonly title: string;
  /** The user message, which is where Meta puts the JSON path. */
  readonly detail: string;
}

/** Error 100; without a subcode where none is known for the case. */
export function invalid(detail: string, subcode?: number, title = "Invalid parameter"): MetaRefusal {
  const message = "Invalid parameter";
  return { status: 400, code: 100, message, title, detail, ...(subcode !== undefined && { subcode }) };
}

/** Error 100 for what is not there; no subcode is known for it. */
export const missing = (path: Path): MetaRefusal => invalid(`Missing required param "${jsonPath(path)}"`);

/** Error 100 for a value that is none of a list; no subcode is known for it either. */
export function notOneOf(path: Path, values: readonly string[]): MetaRefusal {
  return invalid(`Param "${jsonPath(path)}" must be one of ${values.join(", ")}`);
}

/** The words for a value of the wrong type. */
export function unexpectedType(path: Path, expected: string): string {
  const article = /^[aeiou]/.test(expected) ? "an" : "a";
  return `Unexpected type for param "${jsonPath(path)}": expected ${article} ${expected}`;
}

/** `$['data'][0]['user_data']`, as Meta writes a path. */
export function jsonPath(path: Path): string {
  return `$${path.map((part) => (typeof part === "number" ? `[${part}]` : `['${part}']`)).join("")}`;
}

/**
 * The Graph error envelope. Clients should decide by code, subcode and is_transient: the texts are ours, since Meta
 * localises and changes them.
 */
export function errorAnswer({ status, code, subcode, title, message = title, detail }: MetaRefusal): Answer {
  const error = {
    message,
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
  const message = state === "missing" ? "An access token is required" : "Invalid access token";
  return briefAnswer({
    status: 401,
    code: 190,
    message,
    ...(state === "expired" && { subcode: subcodes.tokenExpired }),
  });
}

/** Permission errors are 200 to 299, by HTTP 403. */
export function permissionAnswer(message: string): Answer {
  return briefAnswer({ status: 403, code: 200, message: `(#200) ${message}` });
}

/** The texts of the two errors about `appsecret_proof` are Meta's own. */
export const proofAnswers = {
  missing: () => methodAnswer("API calls from the server require an appsecret_proof argument"),
  wrong: () => methodAnswer("Invalid appsecret_proof provided in the API argument"),
} as const;

/** The Graph answer to an id, a path or a method it does not have: by HTTP 400, not 404 or 405. */
export function noSuchObject(method: string, id: string): Answer {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    "missing permissions, or does not support this operation";
  return methodAnswer(message, subcodes.noSuchObject);
}

/** The answer to a version of the Marketing API that has expired. */
export function deprecatedAnswer(version: string): Answer {
  return briefAnswer({ status: 400, code: 2635, message: `(#2635) ${version} of the API is no longer available` });
}

export function traceId(): string {
  return randomBytes(12).toString("base64url");
}

const methodAnswer = (message: string, subcode?: number) =>
  briefAnswer({ status: 400, type: "GraphMethodException", code: 100, message, ...(subcode && { subcode }) });

interface BriefError {
  readonly status: number;
  /** Default: `OAuthException`. */
  readonly type?: string;
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
}

/** Errors about the call itself and not about what is in it have no user texts and no is_transient. */
function briefAnswer({ status, type = "OAuthException", code, subcode, message }: BriefError): Answer {
  const error = {
    message,
    type,
    code,
    ...(subcode !== undefined && { error_subcode: subcode }),
    fbtrace_id: traceId(),
  };
  return { status, body: { error } };
}
