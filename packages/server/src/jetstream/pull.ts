import { createInbox, type Msg, type NatsConnection, nanos, type Subscription } from "@nats-io/transport-node";

/** A message that a consumer gave. */
export interface Pulled {
  readonly data: Uint8Array;
  readonly subject: string;
  /** In a bucket: that its key was deleted. */
  readonly isDeletion: boolean;
  /** The subject that takes its acknowledgement. */
  readonly reply: string;
  /** Names of the stream and of the consumer. */
  readonly consumer: string;
  /** Its number in the stream. */
  readonly sequence: number;
  /** How often it was given, this time included. */
  readonly deliveries: number;
  /** When the stream got it, ms: with the number, what makes it the same message. */
  readonly storedAt: number;
  /** Messages that the consumer can give after this one. */
  readonly left: number;
}

/** What to pull. */
export interface PullRequest {
  readonly stream: string;
  readonly consumer: string;
  /** Most messages. */
  readonly most: number;
  /** About the most bytes; one message may be larger. */
  readonly mostBytes: number;
  /** How long to wait for the first message where there is none, ms. Default 0. */
  readonly wait?: number;
  /** How long the server may take to answer, ms. */
  readonly patience: number;
}

/** Pulls from consumers. The client's own `fetch` waits a second at least, and takes no limit in bytes beside one in messages. */
export interface Puller {
  /** Takes what a consumer has, without waiting for more than the first. Rejects when the consumer does not answer. */
  pull(request: PullRequest): Promise<readonly Pulled[]>;
  /** Leaves nothing on the connection, which others may go on using. */
  close(): void;
}

/** A subscription that serves one pull after the other: each would cost two more, to begin and to end one. */
interface Line {
  readonly inbox: string;
  /** Pulls so far. */
  number: number;
  current?: { readonly consumer: string; take(message: Pulled): void; end(error?: Error): void };
}

/** Opens as many lines as there are pulls at the same time. */
export function createPuller(connection: NatsConnection): Puller {
  const free: Line[] = [];
  const subscriptions: Subscription[] = [];

  function openLine(): Line {
    const line: Line = { inbox: createInbox(inboxPrefixOf(connection)), number: 0 };
    const subscription = connection.subscribe(`${line.inbox}.*`, {
      callback(error, message) {
        if (!error) receive(line, message);
      },
    });
    subscriptions.push(subscription);
    return line;
  }

  function receive({ inbox, number, current }: Line, message: Msg): void {
    const status = message.headers?.code ?? 0;
    if (status > 0 || !message.reply) {
      // What an earlier pull is told is of no interest any more.
      if (message.subject !== `${inbox}.${number}`) return;
      const isEnd = status === 404 || status === 408 || isSizeLimit(message);
      current?.end(isEnd ? undefined : toError(status, message));
      return;
    }
    const pulled = toPulled(message);
    if (current?.consumer === pulled.consumer) current.take(pulled);
    // Too late for its pull: somebody else may have it at once.
    else connection.publish(message.reply, "-NAK");
  }

  function pull({ stream, consumer, most, mostBytes, wait = 0, patience }: PullRequest): Promise<readonly Pulled[]> {
    return new Promise((resolve, reject) => {
      const line = free.pop() ?? openLine();
      const messages: Pulled[] = [];
      const end = (error?: Error) => {
        clearTimeout(timer);
        line.current = undefined;
        free.push(line);
        // What came is leased: it must not be lost sight of.
        if (error && messages.length === 0) reject(error);
        else resolve(messages);
      };
      const take = (message: Pulled) => {
        messages.push(message);
        if (messages.length >= most) end();
      };
      const timer = setTimeout(() => end(new Error("the consumer did not answer in time")), wait + patience);
      line.current = { consumer: `${stream}.${consumer}`, take, end };
      const request = { batch: most, max_bytes: mostBytes, no_wait: true, ...(wait > 0 && { expires: nanos(wait) }) };
      connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, JSON.stringify(request), {
        reply: `${line.inbox}.${++line.number}`,
      });
    });
  }

  return {
    pull,
    close() {
      for (const subscription of subscriptions) subscription.unsubscribe();
    },
  };
}

/** The subject for acknowledgements says it all: $JS.ACK, stream, consumer, deliveries, and so on. */
function toPulled({ data, subject, headers, reply = "" }: Msg): Pulled {
  const parts = reply.split(".");
  // Servers may name domain and account behind $JS.ACK, and put a random part at the end.
  const [stream, consumer, deliveries, sequence, , storedAt, left] = parts.slice(parts.length > 9 ? 4 : 2);
  return {
    data,
    subject,
    isDeletion: headers?.has("KV-Operation") ?? false,
    reply,
    consumer: `${stream}.${consumer}`,
    sequence: Number(sequence),
    deliveries: Number(deliveries),
    storedAt: Math.floor(Number(storedAt) / 1_000_000),
    left: Number(left),
  };
}

/** Where permissions leave a client no other inboxes. The type does not show it. */
function inboxPrefixOf(connection: NatsConnection): string | undefined {
  return (connection as { options?: { inboxPrefix?: string } }).options?.inboxPrefix;
}

function isSizeLimit({ headers }: Msg): boolean {
  return headers?.code === 409 && /max_?bytes/i.test(headers.description);
}

function toError(status: number, { headers }: Msg): Error {
  if (status !== 503) return new Error(`the consumer answered ${status} ${headers?.description ?? ""}`.trim());
  return Object.assign(new Error("nobody answers for the consumer"), { name: "NoRespondersError" });
}
