/** The names of everything that an outbox has in JetStream, all beginning with its prefix. */
export interface Names {
  readonly prefix: string;
  /** Streams: what was never taken, what comes back, what was given up. */
  readonly streams: Readonly<Record<StreamName, string>>;
  /** Key-value buckets: what is kept once, and what the processes share. */
  readonly buckets: Readonly<Record<BucketName, string>>;
  /** Subject under which processes tell each other of what came. */
  readonly wake: string;
  /** The subject of a message with so many parcels: the number makes them countable without reading them. */
  waiting(stream: WaitingStream, destination: string, count: number | "*"): string;
  /** Without a destination or a reason: of all. */
  dead(destination?: string, reason?: string): string;
}

/** Streams in which parcels wait. */
export type WaitingStream = "new" | "later";
/** Streams of an outbox. */
export type StreamName = WaitingStream | "dead";
/** Buckets of an outbox. */
export type BucketName = "once" | "shared";

/** For a prefix of letters, digits, "-" and "_". */
export function createNames(prefix: string): Names {
  return {
    prefix,
    streams: { new: `${prefix}_new`, later: `${prefix}_later`, dead: `${prefix}_dead` },
    buckets: { once: `${prefix}_once`, shared: `${prefix}_shared` },
    wake: `${prefix}.wake`,
    waiting: (stream, destination, count) => `${prefix}.${stream}.${toToken(destination)}.${count}`,
    dead: (destination, reason = "*") =>
      `${prefix}.dead.${destination === undefined ? "*" : toToken(destination)}.${reason}`,
  };
}

/** What a subject of waiting parcels says. */
export function readSubject(subject: string): { token: string; count: number } {
  const [, , token = "", count] = subject.split(".");
  return { token, count: Number(count) };
}

/** Any text as a part of a subject, of a key or of a consumer's name; another for each text. */
export function toToken(text: string): string {
  return /^[\w-]+$/.test(text) ? text : `=${Buffer.from(text).toString("base64url")}`;
}

/** The text again. */
export function toName(token: string): string {
  return token.startsWith("=") ? Buffer.from(token.slice(1), "base64url").toString() : token;
}
