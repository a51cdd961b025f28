import type { Receiver, Verdict } from "../../destinations/destination.js";
import type { Seal } from "./sealed.js";
import { hmac, sameText } from "./signature.js";

/** What is needed to send a lead on. */
export interface ForwardParts {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly seal: Seal;
  /** Unix time, ms. */
  readonly now: () => number;
}

/** What the receiver of a lead checks: `t=<Unix seconds>,v1=<HMAC-SHA256 of "<t>.<body>" as hex>`. */
const forwardSignatureHeader = "Beaconry-Signature";

/** The URL to which leads are forwarded: one lead a request, as JSON, with its id as `Idempotency-Key`. */
export function forwardReceiver({ name, url, secret, headers, seal, now }: ForwardParts): Receiver {
  return {
    name,
    maxBatch: 1,
    // The group of a lead's parcel is the lead's id: no two share a request.
    request(id, [body = ""]) {
      const text = seal.open(body);
      const time = Math.floor(now() / 1_000);
      return {
        url,
        headers: {
          ...headers,
          "Content-Type": "application/json",
          "Idempotency-Key": id,
          [forwardSignatureHeader]: `t=${time},v1=${hmac(secret, `${time}.${text}`)}`,
        },
        body: text,
      };
    },
    verdict: ({ status }) => forwardVerdict(status),
  };
}

/** How long a URL that does not take leads at all is left alone, ms. */
const pause = 30_000;

/**
 * What the receiver's status means. Only what is wrong with the one lead makes a dead letter: with an address, a
 * permission or a token that is wrong all wait until somebody has mended it.
 */
function forwardVerdict(status: number): Verdict {
  const detail = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 429) return { kind: "pause", detail, for: 1_000 };
  if (status === 408 || status === 409 || status === 425 || status >= 500) return { kind: "retry", detail };
  if ([401, 402, 403, 404, 405, 407, 410, 421, 451].includes(status)) return { kind: "pause", detail, for: pause };
  return { kind: "refused", detail };
}

/**
 * Whether a forwarded lead comes from your forwarder: for the program at the other end.
 * @param header of the request, `Beaconry-Signature`
 * @param body as it came
 * @param options `tolerance`: how far its time may be from now, ms, default 300,000; `now`: Unix time in ms
 */
export function isForwardedLead(
  header: string | null | undefined,
  body: string,
  secret: string,
  { tolerance = 300_000, now = Date.now() }: { tolerance?: number; now?: number } = {},
): boolean {
  const [, time = "", signature = ""] = /^t=(\d{1,12}),v1=([\da-f]{64})$/.exec(header ?? "") ?? [];
  if (time === "" || Math.abs(Number(time) * 1_000 - now) > tolerance) return false;
  return sameText(signature, hmac(secret, `${time}.${body}`));
}
