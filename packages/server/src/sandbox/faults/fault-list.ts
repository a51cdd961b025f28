import { BeaconryError } from "@beaconry/core";
import type { SandboxEndpoint } from "../received.js";
import type { TikTokBusinessPath } from "../tiktok-business/paths.js";
import { checkFault } from "./check-fault.js";
import { createDraw, type Draw } from "./draw.js";
import type { ActiveFault, Fault, FaultKind, FaultOf, Faults } from "./fault.js";
import { endpointsFor, faultKinds } from "./kinds.js";

const MAX_FAULTS = 1_000;

/** Of a slow body without a `duration`, in milliseconds. */
const DRIBBLE = 10_000;

type AnsweringKind = Exclude<FaultKind, "latency" | "slowBody">;
const answeringKinds = Object.keys(faultKinds).filter(
  (kind): kind is AnsweringKind => kind !== "latency" && kind !== "slowBody",
);

/** A fault that decides the answer in the place of the endpoint. */
export type AnsweringFault = FaultOf<AnsweringKind>;

/** What goes wrong with one request. */
export interface Strike {
  /** Milliseconds to wait before the request is handled. */
  readonly delay: number;
  readonly answering?: AnsweringFault;
  /** Milliseconds over which the answer's body is written; 0: at once. */
  readonly dribble: number;
  /** The kinds that struck; empty when none did. */
  readonly kinds: readonly FaultKind[];
}

interface Target {
  readonly endpoint: SandboxEndpoint;
  readonly path: TikTokBusinessPath | undefined;
}

interface Entry extends ActiveFault {
  readonly endpoints: readonly SandboxEndpoint[];
  struck: number;
}

/** The faults that are set, and which of them strike the next request. */
export class FaultList implements Faults {
  readonly #draw: Draw;
  #entries: Entry[] = [];
  #added = 0;
  #requests = new Map<string, number>();

  constructor(seed: number) {
    this.#draw = createDraw(seed);
  }

  add(fault: Fault): string {
    checkFault(fault);
    if (this.#entries.length >= MAX_FAULTS) {
      throw new BeaconryError("invalid_option", `faults.add: there are ${MAX_FAULTS} faults already`);
    }
    const id = `fault-${++this.#added}`;
    const endpoints = fault.endpoint ? [fault.endpoint] : endpointsFor(fault);
    this.#entries.push({ id, fault: { ...fault }, struck: 0, endpoints });
    return id;
  }

  list(): readonly ActiveFault[] {
    return this.#entries.map(({ id, fault, struck }) => ({
      id,
      fault,
      struck,
      ...(fault.count !== undefined && { left: fault.count - struck }),
    }));
  }

  remove(id: string): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries = [];
  }

  /** As after the start: no faults, and the same draws again. */
  reset(): void {
    this.clear();
    this.#added = 0;
    this.#requests.clear();
  }

  /** What goes wrong with the next request to this endpoint, or this path of it; uses up a `count`. */
  strike(endpoint: SandboxEndpoint, path?: TikTokBusinessPath): Strike {
    const place = path ?? endpoint;
    const number = (this.#requests.get(place) ?? 0) + 1;
    this.#requests.set(place, number);
    const draw: Draw = (...parts) => this.#draw(place, number, ...parts);
    const target = { endpoint, path };
    const latency = this.#take(target, draw, "latency");
    const answering = this.#take(target, draw, ...answeringKinds);
    const slowBody = answering?.fault.kind === "cut" ? undefined : this.#take(target, draw, "slowBody");
    return {
      delay: latency ? between(latency.fault.delay, () => draw(latency.id, "delay")) : 0,
      ...(answering && { answering: answering.fault }),
      dribble: slowBody ? (slowBody.fault.duration ?? DRIBBLE) : 0,
      kinds: [latency, answering, slowBody].flatMap((entry) => (entry ? [entry.fault.kind] : [])),
    };
  }

  /** The first fault of these kinds that strikes. */
  #take<Kind extends FaultKind>({ endpoint, path }: Target, draw: Draw, ...kinds: readonly Kind[]) {
    const found = this.#entries.find(
      ({ id, fault, endpoints }) =>
        kinds.some((kind) => kind === fault.kind) &&
        endpoints.includes(endpoint) &&
        (fault.path === undefined || fault.path === path) &&
        (fault.probability === undefined || draw(id, "strike") < fault.probability),
    );
    if (!found) return undefined;
    found.struck += 1;
    if (found.struck === found.fault.count) this.remove(found.id);
    return found as Entry & { readonly fault: FaultOf<Kind> };
  }
}

function between(delay: FaultOf<"latency">["delay"], draw: () => number): number {
  if (typeof delay === "number") return delay;
  const [least, most] = delay;
  return least + (most - least) * draw();
}
