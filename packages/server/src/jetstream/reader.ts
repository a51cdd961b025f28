import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Engine } from "./engine.js";
import type { Pulled } from "./pull.js";

/** What to read of a stream. */
export interface Reading {
  readonly stream: string;
  /** May have wildcards. */
  readonly subject: string;
  /** Only messages after the one of this number. Default 0. */
  readonly after?: number;
  /** Without their content. */
  readonly isHeadersOnly?: boolean;
  /** How long the server may take to answer, ms. */
  readonly patience: number;
}

/** Messages of one pull, and about the most bytes. */
const step = 250;
const stepBytes = 8_000_000;
/** A reader that was left lying is gone after so long, ms. */
const readerLife = 30_000;

/** Messages of a stream as it is now, the oldest first. They stay there. */
export async function* readStream(engine: Engine, reading: Reading): AsyncGenerator<Pulled> {
  const { stream, subject, after = 0, isHeadersOnly = false, patience } = reading;
  const { consumer, count } = await engine.run(`reading ${stream}`, async ({ manager }) => {
    const { name, num_pending } = await manager.consumers.add(stream, {
      ack_policy: AckPolicy.None,
      filter_subject: subject,
      ...(after > 0
        ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 }
        : { deliver_policy: DeliverPolicy.All }),
      headers_only: isHeadersOnly,
      inactive_threshold: nanos(readerLife),
      mem_storage: true,
      num_replicas: 1,
    });
    return { consumer: name, count: num_pending };
  });
  // At least one message, however large.
  const mostBytes = Math.max(stepBytes, 2 * engine.maxPayload);
  try {
    for (let left = count; left > 0; ) {
      const pulled = await engine.run(`reading ${stream}`, ({ puller }) =>
        puller.pull({ stream, consumer, most: step, mostBytes, wait: patience, patience }),
      );
      // Fewer than there were: they were deleted, or fell away.
      if (pulled.length === 0) return;
      left = pulled.at(-1)?.left ?? 0;
      yield* pulled;
    }
  } finally {
    await engine
      .run(`reading ${stream}`, ({ manager }) => manager.consumers.delete(stream, consumer))
      .catch(() => undefined);
  }
}
