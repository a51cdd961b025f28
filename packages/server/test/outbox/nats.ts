import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe } from "vitest";
import { launchNats } from "../../../../scripts/launch-nats.mjs";
import { installedNats } from "../../../../scripts/nats.mjs";
import type { MovableOutbox, Outbox } from "../../src/index.js";
import { type JetstreamOutboxOptions, jetstreamOutbox } from "../../src/jetstream/index.js";

/** What a suite runs on. */
export interface Nats {
  readonly urls: string[];
  /** The servers, where the suite has started them: it may kill them. */
  readonly servers: Awaited<ReturnType<typeof launchNats>>["servers"];
  /** An outbox under a prefix of its own unless it names one, which is closed after the test. */
  open(options?: Partial<JetstreamOutboxOptions>): MovableOutbox;
  /** Several, of which the streams are made: together that takes a cluster hardly longer than one. They are patient. */
  openReady(count: number, options?: Partial<JetstreamOutboxOptions>): Promise<MovableOutbox[]>;
  /** A prefix that nobody else has. */
  prefix(): string;
}

/** A running server that may be used instead of one of the tests' own. */
const { NATS_URL, CI } = process.env;

/**
 * A suite on a nats-server, or on a cluster, that runs for as long as the suite does. Suites that stop servers, configure
 * them or need several always start their own; others take the one that `NATS_URL` names. Without any the suite is left
 * out, which in CI is a failure.
 */
export function describeNats(
  name: string,
  options: { servers: 1 | 3; stopsServers?: boolean; config?: string; concurrent?: boolean },
  tests: (nats: Nats) => void,
): void {
  const { servers: count, stopsServers = false, config, concurrent = false } = options;
  const usesGiven = NATS_URL !== undefined && count === 1 && !stopsServers && config === undefined;
  const isMissing = !usesGiven && !installedNats() && !CI;
  const reason = isMissing ? " (left out: no nats-server is installed, and NATS_URL names none)" : "";
  describe.skipIf(isMissing)(`${name}${reason}`, { concurrent }, () => {
    const prefixes: string[] = [];
    const opened: Outbox[] = [];
    let launched: Awaited<ReturnType<typeof launchNats>> | undefined;
    let urls: string[] = [];

    beforeAll(async () => {
      if (!usesGiven) launched = await launchNats({ servers: count, config });
      urls = launched?.urls ?? (NATS_URL ?? "").split(",");
      if (count > 1) await answered(urls);
    }, 120_000);

    afterAll(async () => {
      await Promise.all(opened.splice(0).map((outbox) => outbox.close().catch(() => undefined)));
      if (usesGiven) await removeStreams(urls, prefixes);
      await launched?.close();
    }, 60_000);

    const prefix = () => {
      const made = `test-${crypto.randomUUID().slice(0, 8)}`;
      prefixes.push(made);
      return made;
    };

    function open(options: Partial<JetstreamOutboxOptions> = {}): MovableOutbox {
      const outbox = jetstreamOutbox({
        connection: { servers: urls },
        prefix: options.prefix ?? prefix(),
        replicas: count,
        maxBytes: 50_000_000,
        ...options,
      });
      opened.push(outbox);
      return outbox;
    }

    tests({
      get urls() {
        return urls;
      },
      get servers() {
        return launched?.servers ?? [];
      },
      prefix,
      open,
      async openReady(count, options) {
        const outboxes = Array.from({ length: count }, () => open({ timeout: 60_000, ...options }));
        // Takes nothing, but makes a consumer.
        await Promise.all(outboxes.map((outbox) => outbox.take("d", 0)));
        return outboxes;
      },
    });
  });
}

/** Resolves when a cluster has elected who leads it. */
async function answered(servers: string[]): Promise<void> {
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection, { checkAPI: false });
  while (!(await manager.getAccountInfo().catch(() => undefined))) await sleep(50);
  await connection.close();
}

/** Takes away what a test run left on servers that are not its own. */
async function removeStreams(servers: string[], prefixes: readonly string[]): Promise<void> {
  const connection = await connect({ servers });
  const manager = await jetstreamManager(connection);
  for await (const { config } of manager.streams.list()) {
    const isOurs = prefixes.some((prefix) => config.name.replace(/^KV_/, "").startsWith(`${prefix}_`));
    if (isOurs) await manager.streams.delete(config.name);
  }
  await connection.close();
}
