import { BeaconryError } from "@beaconry/core";
import {
  aFunction,
  checkOptions,
  numberFrom,
  type Rule,
  required,
  someText,
  textLike,
  wholeFrom,
  yesOrNo,
} from "@beaconry/core/internal";
import type { CollectAnswer, CollectRequest } from "../../collector/collect.js";
import { overFetch } from "../../collector/fetch-edge.js";
import { type BodyProblem, readBody } from "../../collector/read-body.js";
import { jsonAnswer } from "../../destinations/json-answer.js";
import { errorKind } from "../../error-kind.js";
import { quoteLongNumbers } from "../../long-numbers.js";
import { createKeptOnce } from "./kept-once.js";
import { readEntry, type TikTokLead } from "./lead.js";
import { checkSignature, sameText } from "./signature.js";

/** Options of {@link leadWebhook}. `secretPath` or `requireSignature: true` is needed: else anybody could send leads. */
export interface LeadWebhookOptions {
  /** Of your app at TikTok for Business: what TikTok signs with. */
  appSecret: string;
  /**
   * Keeps leads, such as `(leads) => forwarder.forward(leads.map(map))`. TikTok is answered 200 once it resolves, and
   * asked to send them again when it rejects. Its work should be short: TikTok waits for it.
   */
  onLeads: (leads: readonly TikTokLead[]) => Promise<unknown>;
  /**
   * The whole path of the callback address, with an unguessable part: requests to another path are answered 404. At
   * least 24 characters. Default: any path.
   */
  secretPath?: string;
  /**
   * Whether requests without a signature are refused. One that is signed wrongly always is. Default `false`: TikTok's
   * pages do not agree on whether it signs leads.
   */
  requireSignature?: boolean;
  /** How far the time in a signature may be from now, ms. Default 300,000. */
  tolerance?: number;
  /** Largest body, bytes; TikTok puts up to 1,000 leads into one. Default 8 MiB. */
  maxBytes?: number;
  /** The body must have come by then, ms. Default 10,000. */
  bodyTimeout?: number;
  /** How many ids of kept leads are remembered, to know them when TikTok sends them again. Default 100,000. */
  remember?: number;
  /**
   * Is told why leads were not kept, with nothing of a person: the kind of the error, after which TikTok sends them
   * again, or that entries are none, which it does not. Default: nobody.
   */
  onFailure?: (detail: string) => void;
  /** The clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
}

/** Takes what TikTok sends about leads. */
export interface LeadWebhook {
  /** Fetch API in and out. Throws when the request's body has been read before. */
  handle(request: Request): Promise<Response>;
  /** The same for servers without Fetch API: what `leadHandler` is made on. */
  answer(request: CollectRequest): Promise<CollectAnswer>;
}

/** TikTok's number for leads, in `object`. */
const leadObject = 1;
/** Most leads in a body. "Subscribe to ad account Webhook events". */
const mostLeads = 1_000;
/** Seconds after which TikTok may try again. */
const retryAfter = 10;

const rules = {
  appSecret: required(someText),
  onLeads: required(aFunction),
  secretPath: textLike(/^\/[^\s?#]{23,}$/, "a path of at least 24 characters that starts with /"),
  requireSignature: yesOrNo,
  tolerance: numberFrom(0, Number.MAX_SAFE_INTEGER),
  maxBytes: wholeFrom(1),
  bodyTimeout: wholeFrom(1),
  remember: wholeFrom(0),
  onFailure: aFunction,
  now: aFunction,
} satisfies Record<keyof LeadWebhookOptions, Rule>;

/**
 * The address to which TikTok sends leads. It answers 200 only when they are kept, so that TikTok, which tries again
 * until then, loses none; junk gets a 4xx; leads that were kept before are not given to `onLeads` again. Throws
 * `invalid_option`.
 */
export function leadWebhook(options: LeadWebhookOptions): LeadWebhook {
  checkOptions("leadWebhook", options, rules);
  const { appSecret, onLeads, secretPath, requireSignature = false, onFailure } = options;
  const { tolerance = 300_000, maxBytes = 8 * 1024 * 1024, bodyTimeout = 10_000, now = Date.now } = options;
  if (secretPath === undefined && !requireSignature) {
    const accepted = "secretPath, or requireSignature: true";
    throw new BeaconryError("invalid_option", `leadWebhook: anybody could send leads, accepted is ${accepted}`);
  }
  const keep = createKeptOnce<TikTokLead>(onLeads, ({ id }) => id, options.remember ?? 100_000);

  async function answer(request: CollectRequest): Promise<CollectAnswer> {
    const { method, url, headers } = request;
    if (secretPath !== undefined && !sameText(pathOf(url), secretPath)) return say(404, { error: "not found" });
    if (method !== "POST") return say(405, { error: "only POST is taken" }, { Allow: "POST" });
    const body = await readBody(request.body, Number(headers.get("content-length") ?? 0), maxBytes, bodyTimeout);
    if ("problem" in body) return refuseBody(body.problem);
    const signed = checkSignature(headers, body.text, appSecret, tolerance, now());
    if (signed === "wrong") return say(401, { error: "the signature is wrong" });
    if (signed === "unsigned" && requireSignature) return say(401, { error: "the signature is missing" });
    const found = readNotice(body.text);
    if (!found) return say(400, { error: "accepted is JSON of the form { object: 1, entry: [...] }" });
    const { leads, rejected } = found;
    if (rejected > 0) onFailure?.(`${rejected} of ${leads.length + rejected} entries are no leads`);
    if (leads.length === 0 && rejected > 0) return say(400, { error: "no entry is a lead" });
    try {
      const duplicate = await keep(leads);
      return say(200, { kept: leads.length - duplicate, duplicate, rejected });
    } catch (error) {
      onFailure?.(errorKind(error));
      return say(503, { error: "not kept: try again" }, { "Retry-After": String(retryAfter) });
    }
  }

  return { handle: (request) => overFetch(request, answer), answer };
}

function refuseBody(problem: BodyProblem): CollectAnswer {
  if (problem === "too_large") return say(413, { error: "the body is too large" });
  if (problem === "too_slow") return say(408, { error: "the body did not come in time" });
  return say(400, { error: "the body did not come whole, or is no UTF-8" });
}

function say(status: number, body: object, headers: Readonly<Record<string, string>> = {}): CollectAnswer {
  const all = { ...headers, "Content-Type": "application/json", "Cache-Control": "no-store" };
  return { status, headers: all, cookies: [], body: JSON.stringify(body) };
}

/** An entry that is no lead spoils no other: sent again, it would be the same. */
function readNotice(text: string): { leads: readonly TikTokLead[]; rejected: number } | undefined {
  const notice = jsonAnswer(quoteLongNumbers(text));
  const entries = notice?.entry;
  if (Number(notice?.object) !== leadObject || !Array.isArray(entries) || entries.length > mostLeads) return undefined;
  const read = entries.map((entry) => (typeof entry === "object" && entry !== null ? readEntry(entry) : undefined));
  const leads = read.filter((lead) => lead !== undefined);
  return { leads, rejected: read.length - leads.length };
}

function pathOf(url: string): string {
  return URL.parse(url, "http://webhook")?.pathname ?? "";
}
