import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { launchNats } from "../../../scripts/launch-nats.mjs";
import { launchPostgres } from "../../../scripts/launch-postgres.mjs";

/** Short, so that what a killed process had taken is not away for long. ms */
const lease = 5_000;
const prefix = "drill";

/**
 * The engines that processes on many machines may share, by name. Each starts on loopback, says how a process opens its
 * outbox there (see open-outbox.mjs), and which faults it knows: each strikes, and gives what mends it.
 */
export const engines = {
  /** @param {{ servers: number }} options */
  async jetstream({ servers }) {
    const nats = await launchNats({ servers });
    const leaderName = async () => {
      const connection = await connect({ servers: nats.urls });
      try {
        const manager = await jetstreamManager(connection);
        return (await manager.streams.info(`${prefix}_new`)).cluster?.leader;
      } finally {
        await connection.close();
      }
    };
    const kill = async (isVictim) => {
      const victim = nats.servers.find(isVictim);
      await victim.kill();
      return () => victim.start();
    };
    return {
      outbox: { kind: "jetstream", options: { connection: { servers: nats.urls }, prefix, replicas: servers, lease } },
      faults: {
        async "a server killed"() {
          const leader = await leaderName();
          return kill(({ name }) => name !== leader);
        },
        async "the leader killed"() {
          const leader = await leaderName();
          return kill(({ name }) => name === leader);
        },
      },
      close: nats.close,
    };
  },

  async postgres() {
    const postgres = await launchPostgres();
    return {
      outbox: { kind: "postgres", options: { connectionString: postgres.url, lease } },
      faults: {
        async "the database restarted"() {
          await postgres.stop("SIGQUIT");
          await postgres.start();
          return () => {};
        },
      },
      close: postgres.close,
    };
  },
};
