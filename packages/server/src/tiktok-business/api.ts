import { type Backoff, backoffDelay } from "@beaconry/core/internal";
import ky from "ky";
import { apiUrl } from "../destinations/base-url.js";
import { jsonAnswer } from "../destinations/json-answer.js";
import { limitPause, meaningOf, systemCodes } from "../destinations/tiktok-codes.js";
import { vendorWords } from "../destinations/vendor-words.js";
import { errorKind } from "../error-kind.js";
import { isRedirect, readText } from "../http.js";
import { quoteLongNumbers } from "../long-numbers.js";
import { TikTokBusinessError } from "./error.js";
import { createRateLimit } from "./rate-limit.js";

/** Values of a query; lists and objects go as JSON, `undefined` is left out. */
export type Query = Readonly<Record<string, unknown>>;

/** One page of a list, as TikTok gives it. */
interface Page {
  readonly list?: readonly unknown[];
  readonly page_info?: { readonly total_page?: number };
}

/** Calls of TikTok's Business API, with retries and rate limits. Paths are such as `/advertiser/info/`. */
export interface BusinessApi {
  /** The answer's `data`. */
  get<Data>(path: string, query: Query): Promise<Data>;
  /**
   * The answer's `data`. A call that may have been carried out is made again only if `repeatable`. The error says so as
   * `mayBeDone`, for the other calls and when the attempts are used up.
   */
  post<Data>(path: string, body: object, options?: { repeatable?: boolean }): Promise<Data>;
  /** The answer's `data`. The form is made anew for each attempt. */
  upload<Data>(path: string, form: () => FormData | Promise<FormData>): Promise<Data>;
  /** The answer's body, which is no JSON. */
  download(path: string, query: Query): Promise<ReadableStream<Uint8Array>>;
  /** The members of `data.list`, page after page. */
  list<Item>(path: string, query: Query, pageSize: number): AsyncGenerator<Item>;
}

/** What a {@link BusinessApi} works with. */
export interface BusinessApiParts {
  /** Where the API is, without `/open_api`. */
  readonly baseUrl: string;
  /** Goes into `Access-Token`; absent for calls that take none. */
  readonly accessToken?: () => string | Promise<string>;
  /** Never repeated in errors. */
  readonly secrets: readonly string[];
  /** Headers of every call. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For one attempt, ms. */
  readonly timeout: number;
  /** For one attempt of an upload or a download, ms. */
  readonly transferTimeout: number;
  /** Attempts of a call, the first included. */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** Requests a second to one endpoint. */
  readonly callsPerSecond: number;
  /** Unix time, ms. */
  readonly now: () => number;
  /** A clock that is never set, ms. */
  readonly elapsed: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The API's version. */
const version = "v1.3";
/** A JSON answer is read up to here, characters. */
const longestAnswer = 16 * 1024 * 1024;
/** A limit that lasts longer is an error, ms: TikTok's by the minute ask for five. */
const longestWait = 300_000;

interface Call {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly query?: Query;
  readonly body?: () => string | FormData | Promise<FormData>;
  readonly timeout: number;
  /** Whether it may be made again when nobody knows whether it was carried out. */
  readonly repeatable: boolean;
}

/** Makes no call by itself. */
export function createBusinessApi(parts: BusinessApiParts): BusinessApi {
  const { baseUrl, secrets, timeout, transferTimeout, attempts, backoff, now, sleep, random } = parts;
  const waitForTurn = createRateLimit(parts.callsPerSecond, sleep, parts.elapsed);

  async function send({ method, path, query = {}, body, timeout }: Call): Promise<Response> {
    const token = await parts.accessToken?.();
    const content = await body?.();
    await waitForTurn(path);
    const response = await ky(
      `${apiUrl(baseUrl, "open_api", version, ...path.split("/").filter(Boolean))}/${search(query)}`,
      {
        method,
        headers: {
          ...parts.headers,
          ...(token !== undefined && { "Access-Token": token }),
          ...(typeof content === "string" && { "Content-Type": "application/json" }),
        },
        ...(content !== undefined && { body: content }),
        signal: AbortSignal.timeout(timeout),
        timeout: false,
        // Followed, it would carry the token elsewhere. Workers know no "error".
        redirect: "manual",
        throwHttpErrors: false,
        retry: 0,
      },
    );
    if (isRedirect(response.status) || response.type === "opaqueredirect") {
      throw new Refusal(`${path}: a redirect, which is not followed`);
    }
    return response;
  }

  /** Calls until there is a good answer, or no further attempt makes sense. */
  async function call<Result>(of: Call, read: (response: Response) => Promise<Result>): Promise<Result> {
    let mayBeDone = false;
    for (let attempt = 1; ; attempt++) {
      const answer = await send(of)
        .then(read)
        .catch((error: unknown) => toRefusal(error, of));
      if (!(answer instanceof Refusal)) return answer;
      const { message, isUnsure, wait, code, requestId } = answer;
      // Once it may be done, a refusal of another attempt does not say that it is not.
      mayBeDone ||= isUnsure && of.method === "POST";
      const isOver = wait === undefined || attempt >= attempts || (mayBeDone && !of.repeatable);
      if (isOver) throw new TikTokBusinessError(message, of.path, { code, requestId, mayBeDone });
      await sleep(backoffDelay(attempt, backoff, random(), wait));
    }
  }

  function toRefusal(error: unknown, { path }: Call): Refusal {
    if (error instanceof Refusal) return error;
    // Without the error itself: it may hold the request, and that the token.
    return new Refusal(`${path}: no whole answer: ${errorKind(error)}`, { isUnsure: true, wait: 0 });
  }

  /** @throws Refusal */
  async function readData<Data>({ path }: Call, response: Response): Promise<Data> {
    const answer = jsonAnswer(quoteLongNumbers(await readText(response, longestAnswer)));
    const code = answer?.code;
    if (code === 0) return (answer?.data ?? {}) as Data;
    const requestId = typeof answer?.request_id === "string" ? answer.request_id : undefined;
    if (typeof code !== "number") {
      const { status } = response;
      const isUnsure = status < 400 || status >= 500;
      const isPassing = status === 429 || status === 408 || status >= 500;
      throw new Refusal(`${path}: HTTP ${status} without a code`, { isUnsure, wait: isPassing ? 0 : undefined });
    }
    const words = String(answer?.message ?? "");
    const message = `${path}: code ${code}: ${vendorWords(words, secrets)}`;
    const meaning = meaningOf(code);
    // Delivered though refused: a duplicated request. TikTok has the first one, and does not say what came of it. Nor does it
    // say of its own systems' errors whether the call was carried out, and it takes no key by which it would know a second.
    const isUnsure = meaning === "delivered" || (code >= systemCodes && meaning === "retry");
    throw new Refusal(message, { isUnsure, wait: waitFor(code, words), code, requestId });
  }

  /** The least wait before another attempt, ms; `undefined` when none makes sense. */
  function waitFor(code: number, words: string): number | undefined {
    const meaning = meaningOf(code);
    if (meaning === "retry") return 0;
    if (meaning !== "limit") return undefined;
    const wait = limitPause(words, now());
    // A limit by the day is for the caller to know.
    return wait <= longestWait ? wait : undefined;
  }

  const json = <Data>(of: Call) => call(of, (response) => readData<Data>(of, response));

  const get: BusinessApi["get"] = (path, query) => json({ method: "GET", path, query, timeout, repeatable: true });

  return {
    get,
    post: (path, body, { repeatable = false } = {}) =>
      json({ method: "POST", path, body: () => JSON.stringify(body), timeout, repeatable }),
    upload: (path, form) => json({ method: "POST", path, body: form, timeout: transferTimeout, repeatable: true }),
    download(path, query) {
      const of: Call = { method: "GET", path, query, timeout: transferTimeout, repeatable: true };
      return call(of, (response) => {
        const isFile = response.ok && !/\bjson\b/i.test(response.headers.get("content-type") ?? "");
        return isFile && response.body ? Promise.resolve(response.body) : readData(of, response);
      });
    },
    async *list<Item>(path: string, query: Query, pageSize: number) {
      for (let page = 1, last = 1; page <= last; page++) {
        const data = await get<Page>(path, { ...query, page, page_size: pageSize });
        yield* (data.list ?? []) as Item[];
        last = data.page_info?.total_page ?? page;
      }
    },
  };
}

/** Why an attempt did not succeed. */
class Refusal {
  readonly message: string;
  /** Whether nobody knows if TikTok carried it out. */
  readonly isUnsure: boolean;
  /** The least time before another attempt, ms; absent when none makes sense. */
  readonly wait: number | undefined;
  readonly code: number | undefined;
  readonly requestId: string | undefined;

  constructor(message: string, { isUnsure = false, wait, code, requestId }: Partial<Omit<Refusal, "message">> = {}) {
    this.message = message;
    this.isUnsure = isUnsure;
    this.wait = wait;
    this.code = code;
    this.requestId = requestId;
  }
}

function search(query: Query): string {
  const parameters = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ]);
  return parameters.length === 0 ? "" : `?${new URLSearchParams(parameters)}`;
}
