import type { FeedEntry } from "../../feed/entries.js";
import { endpoints } from "./endpoints.js";

export const series = ["browser", "server", "refused"] as const;
export type Series = (typeof series)[number];

/** Arrivals in the last `length` spans of time, in a ring. */
export class Timeline {
  readonly #rings: Readonly<Record<Series, Float64Array>>;
  /** The number of the newest span, counted from 1970. */
  #newest = 0;

  /** ms */
  readonly span: number;
  readonly length: number;

  constructor(span: number, length: number) {
    this.span = span;
    this.length = length;
    this.#rings = {
      browser: new Float64Array(length),
      server: new Float64Array(length),
      refused: new Float64Array(length),
    };
  }

  add(entry: FeedEntry): void {
    if (entry.kind === "event") this.#count(endpoints[entry.endpoint].side, entry.receivedAt, 1);
    else if (entry.kind === "request") this.#count("refused", entry.receivedAt, Math.max(1, entry.sent - entry.taken));
    else if (entry.kind === "clear") this.clear();
  }

  clear(): void {
    for (const name of series) this.#rings[name].fill(0);
    this.#newest = 0;
  }

  /** Up to `now`: the spans' beginnings in Unix seconds, and the counts of each series. */
  read(now: number): { readonly times: number[] } & Readonly<Record<Series, number[]>> {
    this.#advance(Math.floor(now / this.span));
    const indexes = Array.from({ length: this.length }, (_, index) => this.#newest - this.length + 1 + index);
    const pick = (name: Series) => indexes.map((index) => this.#rings[name][index % this.length] ?? 0);
    return {
      times: indexes.map((index) => (index * this.span) / 1000),
      browser: pick("browser"),
      server: pick("server"),
      refused: pick("refused"),
    };
  }

  #count(name: Series, at: number, times: number): void {
    const index = Math.floor(at / this.span);
    this.#advance(index);
    if (index <= this.#newest - this.length || index < 0) return;
    const ring = this.#rings[name];
    ring[index % this.length] = (ring[index % this.length] ?? 0) + times;
  }

  #advance(to: number): void {
    const steps = Math.min(to - this.#newest, this.length);
    for (let step = 0; step < steps; step++)
      for (const name of series) this.#rings[name][(to - step) % this.length] = 0;
    this.#newest = Math.max(this.#newest, to);
  }
}
