import { createHmac, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type SandboxDelivery, type SandboxLead, toNotice } from "./lead.js";

/** To whom leads are sent. */
export interface Callback {
  readonly subscriptionId: string;
  readonly callbackUrl: string;
  /** The app's secret, with which the body is signed. */
  readonly secret: string;
  /** Whether the subscription is alive still. */
  readonly isAlive: () => boolean;
}

/** TikTok tries for so long, ms. */
const PATIENCE = 72 * 3_600_000;
/** The second attempt follows at once; then so long, twice as long each time, ms. TikTok's waits are hours. */
const FIRST_WAIT = 50;
const LONGEST_WAIT = 2_000;
/** An answer must come by then, ms. */
const TIMEOUT = 10_000;

/** Sends leads to subscribers until they answer 200. */
export class WebhookSender {
  readonly #now: () => number;
  #running = new AbortController();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Ends everything that is being sent. */
  stop(): void {
    this.#running.abort();
    this.#running = new AbortController();
  }

  /** @param tell is told how far it is, the first time at once */
  send(lead: SandboxLead, callback: Callback, tell: (delivery: SandboxDelivery) => void): void {
    const { subscriptionId, callbackUrl } = callback;
    const about = { subscriptionId, callbackUrl };
    tell({ ...about, attempts: 0, state: "sending" });
    const { signal } = this.#running;
    this.#sendUntilTaken(lead, callback, signal, (progress) => tell({ ...about, ...progress })).catch(
      (error: unknown) => {
        if (!signal.aborted) throw error;
      },
    );
  }

  async #sendUntilTaken(
    lead: SandboxLead,
    { callbackUrl, secret, isAlive }: Callback,
    signal: AbortSignal,
    tell: (progress: Pick<SandboxDelivery, "attempts" | "status" | "state">) => void,
  ): Promise<void> {
    const start = this.#now();
    for (let attempts = 1; ; attempts++) {
      if (!isAlive()) return tell({ attempts: attempts - 1, state: "given up" });
      const body = toNotice(lead, String(randomInt(1e14, 2e14)), this.#now());
      const signature = createHmac("sha256", secret).update(body).digest("hex");
      const status = await post(callbackUrl, body, signature, signal);
      signal.throwIfAborted();
      const isOver = this.#now() - start > PATIENCE;
      const state = status === 200 ? "delivered" : isOver ? "given up" : "sending";
      tell({ attempts, ...(status !== undefined && { status }), state });
      if (state !== "sending") return;
      const wait = attempts === 1 ? 0 : Math.min(FIRST_WAIT * 2 ** (attempts - 2), LONGEST_WAIT);
      await sleep(wait, undefined, { ref: false, signal });
    }
  }
}

/** The status; undefined when there was no answer. */
async function post(url: string, body: string, signature: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-open-signature": signature },
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
