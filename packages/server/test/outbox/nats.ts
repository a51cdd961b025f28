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
  /** A prefix that nobody else has. */
  prefix(): string;
}

/** A running server, or cluster, that may be used instead of one of the tests' own. */
const { NATS_URL, CI } = process.env;

/**
 * A suite on a nats-server, or on a cluster, that runs for as long as the suite does. Suites that stop servers always
 * start their own; others take the one that `NATS_URL` names. Without any the suite is left out, which in CI is a failure.
 */
export function describeNats(
  name: string,
  options: { servers: 1 | 3; stopsServers?: boolean; config?: string },
  tests: (nats: Nats) => void,
): void {
  const { servers: count, stopsServers = false, config } = options;
  const usesGiven = NATS_URL !== undefined && !stopsServers && config === undefined;
  const isMissing = !usesGiven && !installedNats() && !CI;
  const reason = isMissing ? " (left out: no nats-server is installed, and NATS_URL names none)" : "";
  describe.skipIf(isMissing)(`${name}${reason}`, () => {
    const prefixes: string[] = [];
    const opened: Outbox[] = [];
    let launched: Awaited<ReturnType<typeof launchNats>> | undefined;
    let urls: string[] = [];

    beforeAll(async () => {
      if (!usesGiven) launched = await launchNats({ servers: count, config });
      urls = launched?.urls ?? (NATS_URL ?? "").split(",");
    }, 60_000);

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

    tests({
      get urls() {
        return urls;
      },
      get servers() {
        return launched?.servers ?? [];
      },
      prefix,
      open(options = {}) {
        const outbox = jetstreamOutbox({
          connection: { servers: urls },
          prefix: options.prefix ?? prefix(),
          replicas: count,
          maxBytes: 50_000_000,
          ...options,
        });
        opened.push(outbox);
        return outbox;
      },
    });
  });
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
