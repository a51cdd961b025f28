import { checkOptions, wholeFrom } from "@beaconry/core/internal";
import ky from "ky";
import { longestTimer } from "./longest-timer.js";

/** A request to a vendor. */
export interface VendorRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** An answer's headers; those of Fetch API fit. */
export interface AnswerHeaders {
  /** @param name in lower case */
  get(name: string): string | null;
}

/** A vendor's answer; `body` is cut at a megabyte. */
export interface VendorAnswer {
  status: number;
  headers: AnswerHeaders;
  body: string;
}

/**
 * POSTs one request, once. Resolves with whatever is answered, whatever its status. Rejects when no whole answer came:
 * no connection, a certificate that is not trusted, a redirect (which would carry the token elsewhere), a time-out, an
 * abort by the signal, an answer that breaks off.
 */
export type Transport = (request: VendorRequest, signal: AbortSignal) => Promise<VendorAnswer>;

/** An answer is read up to here, characters. */
export const longestAnswer = 1_048_576;

/** The delivery retries, with the vendor's answer in hand: ky must not, in any of its ways. */
const noRetry = {
  limit: 0,
  methods: [],
  statusCodes: [],
  afterStatusCodes: [],
  maxRetryAfter: 0,
  backoffLimit: 0,
  jitter: false,
  retryOnTimeout: false,
};

/**
 * The default transport, on ky: runs wherever `fetch` does. Redirects are refused, since they would carry the token
 * elsewhere. Throws `invalid_option`.
 * @param options.timeout milliseconds for connection and whole answer together; default 10,000
 */
export function kyTransport(options: { timeout?: number } = {}): Transport {
  checkOptions("kyTransport", options, { timeout: wholeFrom(1) });
  const timeout = Math.min(options.timeout ?? 10_000, longestTimer);
  return async ({ url, headers, body }, signal) => {
    const response = await ky.post(url, {
      body,
      headers,
      // Of its own, since ky's limits end with the answer's headers.
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      timeout,
      totalTimeout: timeout,
      // "error" would refuse it by itself, but Cloudflare Workers do not know that word.
      redirect: "manual",
      throwHttpErrors: false,
      retry: noRetry,
    });
    if (isRedirect(response.status) || response.type === "opaqueredirect") {
      await response.body?.cancel();
      throw new TypeError("the answer is a redirect, which is not followed");
    }
    return { status: response.status, headers: response.headers, body: await readText(response, longestAnswer) };
  };
}

/** A status by which `fetch` would go elsewhere. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** An answer's text, at most so many characters of it. */
export async function readText(response: Response, longest: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longest) break;
  }
  return text.slice(0, longest);
}
