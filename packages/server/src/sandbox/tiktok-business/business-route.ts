import { randomUUID } from "node:crypto";
import { type Answer, type Call, header, type Route } from "../http-call.js";
import { isObject, type JsonObject, parseJson } from "../json.js";
import { envelope, tokenAnswer } from "../tiktok/answers.js";
import type { TokenCheck } from "../tokens.js";
import type { TikTokBusinessPath } from "./paths.js";

/** What TikTok's Business API answers when it refuses. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

/** A call of the Business API. */
export interface BusinessCall {
  /** The query of a GET: texts that are JSON lists or objects are read. */
  readonly query: JsonObject;
  /** The body of a POST. */
  readonly body: JsonObject;
  /** The access token; empty where none is asked for. */
  readonly token: string;
  readonly call: Call;
}

/** What a call comes to. */
type Outcome = Answer | Refusal | { readonly data: unknown };

/** Makes a {@link Route} of the Business API. */
export type BusinessRoute = (
  method: "GET" | "POST",
  path: TikTokBusinessPath,
  /** The answer's `data`, a refusal, or an answer that is no envelope. */
  handle: (call: BusinessCall) => Outcome | Promise<Outcome>,
  options?: { readonly takesToken?: boolean; readonly takesStream?: true },
) => Route;

/** A parameter is missing or wrong. */
export const invalid = (message: string): Refusal => ({ code: 40002, message });
/** The token does not reach that. */
export const forbidden = (message: string): Refusal => ({ code: 40001, message });

/** @param checkToken says whether a token is known at all */
export function createBusinessRoute(checkToken: TokenCheck): BusinessRoute {
  return (method, path, handle, { takesToken = true, takesStream } = {}) => ({
    // The trailing slash is mandatory: without it, 404.
    pattern: new RegExp(`^/open_api/v1\\.3${path}$`),
    endpoint: "tiktok.business",
    path,
    ...(takesStream && { takesStream }),
    read: readBody,
    async handle(call) {
      const parsed = readBody(call);
      if (call.method !== method) return { status: 405, body: "405 method not allowed", parsed };
      const token = header(call, "access-token") ?? "";
      const state = takesToken ? checkToken(token) : "good";
      if (state !== "good") return { ...tokenAnswer(state), parsed };
      if (method === "POST" && !call.form && !call.stream && !isObject(parsed)) {
        return envelope(40002, "The body is no JSON object", { parsed });
      }
      const answer = await handle({ query: readQuery(call.url), body: isObject(parsed) ? parsed : {}, token, call });
      if ("status" in answer) return { ...answer, parsed };
      if ("code" in answer) return envelope(answer.code, answer.message, { parsed });
      const body = { code: 0, message: "OK", request_id: randomUUID(), data: answer.data };
      return { status: 200, body, parsed };
    },
  });
}

function readBody({ body }: Call): unknown {
  return body === "" ? undefined : (parseJson(body) ?? body);
}

function readQuery(url: URL): JsonObject {
  return Object.fromEntries(
    Array.from(url.searchParams, ([name, value]) => [name, /^[[{]/.test(value) ? (parseJson(value) ?? value) : value]),
  );
}

/** A page of a list, as TikTok gives it, or why not. @param largest the most that a page may have */
export function pageOf<Item>(items: readonly Item[], parameters: JsonObject, largest: number) {
  const page = Number(parameters.page ?? 1);
  const size = Number(parameters.page_size ?? 10);
  if (!(Number.isInteger(page) && page >= 1)) return invalid("page: must be a whole number from 1");
  if (!(Number.isInteger(size) && size >= 1 && size <= largest)) {
    return invalid(`page_size: must be a whole number from 1 to ${largest}`);
  }
  return {
    list: items.slice((page - 1) * size, page * size),
    page_info: {
      page,
      page_size: size,
      total_number: items.length,
      total_page: Math.ceil(items.length / size),
    },
  };
}
