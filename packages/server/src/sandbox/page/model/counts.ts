import type { SandboxEndpoint } from "../../received.js";
import { Delays } from "./delays.js";
import { endpoints } from "./endpoints.js";
import { issueCount, type Row, type RowState, states } from "./row.js";
import type { RowObserver } from "./rows.js";

/** Of one endpoint. */
export interface EndpointCounts {
  counted: number;
  deduplicated: number;
  /** Refused requests. */
  refused: number;
  /** From the event's time to its arrival. */
  readonly delays: Delays;
}

export interface ErrorCount {
  readonly endpoint: SandboxEndpoint;
  readonly code: string;
  readonly message: string;
  count: number;
}

/** The figures of everything that is kept, moved by each row that comes, changes or goes. */
export class Counts implements RowObserver {
  readonly endpoints = Object.fromEntries(
    Object.keys(endpoints).map((name) => [name, { counted: 0, deduplicated: 0, refused: 0, delays: new Delays() }]),
  ) as Readonly<Record<SandboxEndpoint, EndpointCounts>>;
  readonly states = Object.fromEntries(Object.keys(states).map((state) => [state, 0])) as Record<RowState, number>;
  readonly names = new Map<string, number>();
  readonly errors = new Map<string, ErrorCount>();
  readonly delays = new Delays();
  issues = 0;

  add(row: Row): void {
    this.#count(row, 1);
  }

  remove(row: Row): void {
    this.#count(row, -1);
  }

  #count(row: Row, times: 1 | -1): void {
    this.states[row.state] += times;
    if (issueCount(row) > 0) this.issues += times;
    if (row.kind === "request") {
      const { endpoint, refusal, names } = row.entry;
      this.endpoints[endpoint].refused += times;
      for (const name of names) bump(this.names, name, times);
      const key = `${endpoint}\n${refusal.code}`;
      const error = this.errors.get(key) ?? { endpoint, code: refusal.code, message: refusal.message, count: 0 };
      error.count += times;
      if (error.count > 0) this.errors.set(key, error);
      else this.errors.delete(key);
      return;
    }
    bump(this.names, row.name, times);
    for (const { endpoint, outcome, time, receivedAt } of row.copies) {
      this.endpoints[endpoint][outcome] += times;
      if (time === undefined) continue;
      this.endpoints[endpoint].delays.add(receivedAt - time, times);
      this.delays.add(receivedAt - time, times);
    }
  }
}

function bump(counts: Map<string, number>, key: string, times: number): void {
  const count = (counts.get(key) ?? 0) + times;
  if (count > 0) counts.set(key, count);
  else counts.delete(key);
}
