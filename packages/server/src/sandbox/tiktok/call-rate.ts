/** How many apps' calls are counted; more would be a mistake of the sender. */
const MAX_APPS = 1000;
const SECOND = 1000;

/**
 * Counts the calls of each app in the current second. TikTok's limits by minute and by day are higher than what this one
 * lets through.
 */
export class CallRate {
  readonly #limit: number;
  readonly #apps = new Map<string, { second: number; calls: number }>();

  /** `limit`: how many calls an app may make in a second. Default: what TikTok allows for events at every tier. */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  /** Counts a call at this time (Unix milliseconds); TikTok's message when it is one too many. */
  take(app: string, at: number): string | undefined {
    const second = Math.floor(at / SECOND);
    const before = this.#apps.get(app);
    const calls = before?.second === second ? before.calls + 1 : 1;
    this.#apps.delete(app);
    this.#apps.set(app, { second, calls });
    const [oldest] = this.#apps.keys();
    if (this.#apps.size > MAX_APPS && oldest !== undefined) this.#apps.delete(oldest);
    return calls > this.#limit
      ? `App 1234567890 reaches the QPS limit ${this.#limit}, current QPS is ${calls}`
      : undefined;
  }

  clear(): void {
    this.#apps.clear();
  }
}
