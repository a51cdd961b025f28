import type { SandboxEndpoint } from "../received.js";
import type { TikTokBusinessPath } from "../tiktok-business/paths.js";

/** Codes with which TikTok limits calls; HTTP is 200. */
export type TikTokLimitCode = 40016 | 40100 | 40132 | 40133;
/** Codes with which Meta limits calls; HTTP is 400. */
export type MetaLimitCode = 4 | 17 | 613 | 80004;

/** Which requests a fault strikes. */
export interface FaultScope {
  /** The endpoint whose requests it strikes. Default: every endpoint that can answer so. */
  readonly endpoint?: SandboxEndpoint;
  /** The one call of `tiktok.business` that it strikes, such as `/dmp/custom_audience/create/`. Default: every call. */
  readonly path?: TikTokBusinessPath;
  /** After so many requests the fault is gone. Default: it stays until it is removed. */
  readonly count?: number;
  /** How likely it strikes a request: 0 to 1, drawn by the sandbox's `seed`. Default: 1. */
  readonly probability?: number;
}

/** Whether the request is carried out all the same. */
interface FaultMoment {
  /**
   * The fault strikes `before` the vendor has carried out the request (its events are not taken, no audience is made), or
   * `after`, so that the sender can not know. Default: `before`.
   */
  readonly when?: "before" | "after";
}

/** Something that goes wrong with requests. */
export type Fault = FaultScope &
  (
    | {
        /** The request is handled as usual, but later. */
        readonly kind: "latency";
        /** Milliseconds: always the same, or drawn between two. */
        readonly delay: number | readonly [least: number, most: number];
      }
    | {
        /** The vendor's limit of calls is reached; the request is not carried out. */
        readonly kind: "rateLimit";
        /**
         * TikTok's or Meta's code, which also says whose endpoints are meant (40132 is of events only); 429 is the bare
         * HTTP status. Default: 40100 from TikTok, 80004 from Meta's Conversions API, 4 from App Events.
         */
        readonly code?: TikTokLimitCode | MetaLimitCode | 429;
      }
    | ({
        /** A fault of the vendor's server. */
        readonly kind: "serverError";
        /** 500 to 599. Default: 500. */
        readonly status?: number;
      } & FaultMoment)
    | ({
        /** An HTML page where JSON is due. */
        readonly kind: "html";
        /** 200 to 599. Default: 200. */
        readonly status?: number;
      } & FaultMoment)
    | ({
        /** The connection ends without an answer. */
        readonly kind: "cut";
      } & FaultMoment)
    | {
        /** The answer's headers come at once, its body in small pieces. */
        readonly kind: "slowBody";
        /** Milliseconds until the last piece. Default: 10,000. */
        readonly duration?: number;
      }
    | {
        /** The access token has expired: TikTok 40102, Meta 190 with subcode 463. The request is not carried out. */
        readonly kind: "expiredToken";
      }
    | {
        /**
         * TikTok's 20001, for events only: the first half of them is taken, a single event too; which were not is not said.
         */
        readonly kind: "partialSuccess";
      }
    | ({
        /** The answer that you give, such as `{ code: 50000 }`. */
        readonly kind: "answer";
        /** 200 to 599. Default: 200. */
        readonly status?: number;
        /** Such as `retry-after`. Default: only a content type. */
        readonly headers?: Readonly<Record<string, string>>;
        /** A text as it is (HTML, say), anything else as JSON. Default: empty. */
        readonly body?: unknown;
      } & FaultMoment)
  );

/** What goes wrong. */
export type FaultKind = Fault["kind"];

/** The fault of one kind. */
export type FaultOf<Kind extends FaultKind> = Extract<Fault, { readonly kind: Kind }>;

/** A fault that is set, and what it has done so far. */
export interface ActiveFault {
  /** `fault-1`, `fault-2`, … in the order added. */
  readonly id: string;
  /** As it was given. */
  readonly fault: Fault;
  /** How many requests it has struck. */
  readonly struck: number;
  /** How many it will still strike; absent without a `count`. */
  readonly left?: number;
}

/**
 * What goes wrong at the sandbox's endpoints. A request is struck by at most one `latency`, one fault that decides the
 * answer (every other kind but `slowBody`) and, unless that cuts the connection, one `slowBody`: of each the one added
 * first that applies. So two faults with a `count` of 1 strike one request after the other.
 *
 * What is drawn (whether a `probability` strikes, how long a `latency` lasts) depends on the seed, the fault's id, the
 * endpoint (of `tiktok.business` the path) and the number of the request there since the start or the last reset, and on
 * nothing else.
 * Requests to different endpoints do not disturb each other. Requests to one endpoint that are under way at once are
 * numbered as they arrive in full: the sequence of draws stays the same, but which of them meets which is the network's.
 */
export interface Faults {
  /** Sets a fault and returns its id. Throws `invalid_option` that names the field, for the 1,001st fault too. */
  add(fault: Fault): string;
  /** The faults that are set, in the order added; without those whose `count` is used up. */
  list(): readonly ActiveFault[];
  /** Takes a fault away; false when there is none of this id, or none any more. */
  remove(id: string): boolean;
  /** Takes every fault away. Requests that are held already stay so. */
  clear(): void;
}
