import { BeaconryError } from "@beaconry/core";
import {
  aFunction,
  type Backoff,
  checkOptions,
  createEmitter,
  group,
  numberFrom,
  type Rule,
  required,
  someText,
  textLike,
  wholeFrom,
  withMethods,
} from "@beaconry/core/internal";
import { drain } from "../../delivery/drain.js";
import type { TrackerNews } from "../../delivery/news.js";
import { countPending } from "../../delivery/pending.js";
import { createPump } from "../../delivery/pump.js";
import { kyTransport, type Transport } from "../../http.js";
import type { DeadLetterFilter, DeadLetterPage, DeadReason, Outbox, Parcel } from "../../outbox/outbox.js";
import { type DestinationStatus, readStatus } from "../../status.js";
import { createTelemetry } from "../../telemetry.js";
import type { FlushResult } from "../../tracker.js";
import type { MappedLead } from "./field-mapping.js";
import { forwardReceiver } from "./forward-receiver.js";
import { createSeal, noSeal } from "./sealed.js";

/** Options of {@link leadForwarder}. */
export interface LeadForwarderOptions {
  /** Where leads go, by POST: your CRM's or a program of yours. `http:` only on this machine. */
  url: string;
  /** With which requests are signed, so that the receiver can check them: see `isForwardedLead`. */
  secret: string;
  /**
   * Keeps leads until they are delivered, such as a `sqliteOutbox` in a file of its own with a `deduplicationWindow` of
   * four days: so long TikTok may send a lead again. It is closed with the forwarder.
   */
  outbox: Outbox;
  /** With which leads are encrypted in the outbox: 64 hex digits (AES-256-GCM). Default: they are there in the clear. */
  encryptionKey?: string | undefined;
  /** Headers of each request, such as `Authorization`. */
  headers?: Readonly<Record<string, string>>;
  /** Of this forwarder in its outbox. Default `leads`. */
  name?: string;
  /** How long a lead that can not be delivered is tried, ms; then it is a dead letter. Default 30 days. */
  keepFor?: number;
  /** Requests under way at once. Default 4. */
  concurrency?: number;
  /** Attempts that failed, while others got through, after which a lead is a dead letter. Default 20. */
  maxAttempts?: number;
  /** Wait between attempts. Default from 1 second doubling up to 5 minutes, a random part of it. */
  backoff?: Backoff;
  /** How requests are made. Default `kyTransport()`. */
  transport?: Transport;
  /** The wall clock, Unix time in ms. Default `Date.now`. */
  now?: () => number;
  /** A clock that is never set, ms. Default `performance.now`. */
  elapsed?: () => number;
  /** From 0 to 1. Default `Math.random`. */
  random?: () => number;
}

/** A lead that was given up. */
export interface DeadLead {
  /** Its place in the list. */
  readonly key: string;
  readonly lead: MappedLead;
  readonly reason: DeadReason;
  /** The receiver's status. */
  readonly detail: string;
  /** Unix time, ms. */
  readonly diedAt: number;
}

/** What a forwarder tells; see the tracker's news. `id` is the lead's. */
export type LeadNews = Pick<TrackerNews, "delivered" | "retrying" | "dead" | "paused">;

/** Sends leads on to a URL. */
export interface LeadForwarder extends AsyncDisposable {
  /**
   * Resolves when the outbox has the leads: from then on none is lost. A lead that it had before, by its id, is a
   * `duplicate`. Rejects with `outbox_full`, `outbox_failed` or `closed`.
   */
  forward(leads: readonly MappedLead[]): Promise<readonly ("added" | "duplicate")[]>;
  /**
   * Resolves when everything is delivered, after `timeout` ms (default 30,000), or as soon as it is clear that the rest
   * waits for longer than that. Never rejects.
   */
  flush(options?: { timeout?: number }): Promise<FlushResult>;
  /** Flushes for at most `timeout` ms (default 10,000); the rest stays in the outbox, which is closed. */
  close(options?: { timeout?: number }): Promise<FlushResult>;
  /** How the receiver does: what waits, what holds it, what went wrong last. Never rejects. */
  status(): Promise<DestinationStatus>;
  /** What was given up, oldest first. */
  deadLetters(page?: Pick<DeadLetterPage, "reason" | "after" | "limit">): Promise<readonly DeadLead[]>;
  /** Puts dead letters back, as many as there is room for. Gives the number put back. */
  replayDeadLetters(filter?: Pick<DeadLetterFilter, "reason">): Promise<number>;
  /** Deletes dead letters. Gives their number. */
  purgeDeadLetters(filter?: Pick<DeadLetterFilter, "reason">): Promise<number>;
  /** Calls the listener on each piece of news of that kind; returns what ends it. */
  on<Kind extends keyof LeadNews>(kind: Kind, listener: (news: LeadNews[Kind]) => void): () => void;
}

/** What parcels of leads are called in the outbox. */
const parcelName = "lead";

const milliseconds = required(numberFrom(0, Number.MAX_SAFE_INTEGER, "milliseconds"));
const outboxMethods = ["add", "take", "settle", "waiting", "oldest", "deadLetters", "replay", "purge", "close"];

const rules = {
  url: required({ takes: "an address with https:, or with http: on this machine, without user", fits: isTarget }),
  secret: required(textLike(/^.{16,}$/s, "a text of at least 16 characters")),
  outbox: required(withMethods("an outbox", ...outboxMethods)),
  encryptionKey: textLike(/^[\da-f]{64}$/i, "64 hex digits"),
  headers: { takes: "an object of texts", fits: isHeaders },
  name: someText,
  keepFor: wholeFrom(1),
  concurrency: wholeFrom(1),
  maxAttempts: wholeFrom(1),
  backoff: group({ base: milliseconds, cap: milliseconds }),
  transport: aFunction,
  now: aFunction,
  elapsed: aFunction,
  random: aFunction,
} satisfies Record<keyof LeadForwarderOptions, Rule>;

/**
 * Sends leads on to a URL, with retries of its own: what the outbox has is delivered at least once, whatever happens to
 * the receiver or to this process. Throws `invalid_option`.
 *
 * Leads are personal data in the clear, and can not be hashed: whoever they go to has to call these people. Delivered
 * ones are deleted from the outbox; `encryptionKey` keeps what waits, and what was given up, from who reads the file.
 */
export function leadForwarder(options: LeadForwarderOptions): LeadForwarder {
  checkOptions("leadForwarder", options, rules);
  const { url, secret, outbox, encryptionKey, headers = {}, name = "leads", keepFor = 30 * 86_400_000 } = options;
  const { now = Date.now, elapsed = () => performance.now(), random = Math.random } = options;
  const seal = encryptionKey === undefined ? noSeal : createSeal(Buffer.from(encryptionKey, "hex"));
  const emitter = createEmitter<TrackerNews>();
  const telemetry = createTelemetry({ destinations: [name], outbox, now, elapsed });
  const pump = createPump({
    destination: forwardReceiver({ name, url, secret, headers, seal, now }),
    outbox,
    transport: options.transport ?? kyTransport(),
    emit: emitter.emit,
    record: telemetry.delivery(name),
    concurrency: options.concurrency ?? 4,
    maxAttempts: options.maxAttempts ?? 20,
    backoff: options.backoff ?? { base: 1_000, cap: 300_000 },
    now,
    elapsed,
    random,
  });
  let closed: Promise<FlushResult> | undefined;
  // What the outbox still holds from before is due at once.
  pump.wake();
  const endWatch = outbox.watch?.(() => pump.wake());

  function toParcel(lead: MappedLead): Parcel {
    const { id } = lead;
    const time = now();
    const body = seal.seal(JSON.stringify(lead));
    return { destination: name, name: parcelName, id, time, expiresAt: time + keepFor, group: id, body };
  }

  async function flush({ timeout = 30_000 }: { timeout?: number } = {}): Promise<FlushResult> {
    await drain([pump], timeout);
    return { ...telemetry.totals(), pending: await countPending(outbox, telemetry.unended(), name) };
  }

  async function shutDown(timeout: number): Promise<FlushResult> {
    await drain([pump], timeout);
    endWatch?.();
    pump.stop();
    // Aborted requests end at once; what they carried goes back before the outbox closes.
    const result = await flush({ timeout: 1_000 });
    telemetry.stop();
    await outbox.close();
    return result;
  }

  const close: LeadForwarder["close"] = ({ timeout = 10_000 } = {}) => {
    closed ??= shutDown(timeout);
    return closed;
  };

  return {
    async forward(leads) {
      if (closed) throw new BeaconryError("closed", "the forwarder is closed");
      const outcomes = await outbox.add(leads.map(toParcel));
      const added = outcomes.filter((outcome) => outcome === "added").length;
      telemetry.accepted(name, added);
      telemetry.duplicate(name, outcomes.length - added);
      pump.wake();
      return outcomes;
    },
    flush,
    close,
    status: () => readStatus(name, pump.state(), telemetry.counts(name), outbox, now),
    async deadLetters(page) {
      const letters = await outbox.deadLetters({ ...page, destination: name });
      return letters.map(({ key, body, reason, detail, diedAt }) => {
        return { key, lead: JSON.parse(seal.open(body)), reason, detail, diedAt };
      });
    },
    async replayDeadLetters(filter) {
      const count = await outbox.replay({ ...filter, destination: name });
      pump.wake();
      return count;
    },
    purgeDeadLetters: (filter) => outbox.purge({ ...filter, destination: name }),
    on: emitter.on,
    async [Symbol.asyncDispose]() {
      await close();
    },
  };
}

/** Leads are not to cross a network in the clear. */
function isTarget(value: unknown): boolean {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url?.username !== "" || url.password !== "") return false;
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  return url.protocol === "https:" || (url.protocol === "http:" && isHere);
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  // https://www.rfc-editor.org/rfc/rfc9110#section-5.5
  return Object.entries(value).every(
    ([name, text]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && typeof text === "string" && /^[\t\x20-\x7e]*$/.test(text),
  );
}
