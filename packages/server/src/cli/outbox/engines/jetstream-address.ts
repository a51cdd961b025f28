import type { JetstreamOutboxOptions } from "../../../jetstream/index.js";
import { usageError } from "../../exit-codes.js";
import { splitAddresses } from "../outbox-url.js";

/**
 * Reads `nats://user:password@host:4222,nats://host2/prefix?replicas=1`: who one is stands in the first address, the
 * prefix and the number of replicas, for streams that are made, in the last. `tls://` asks for TLS.
 */
export function readJetStreamAddress(text: string): JetstreamOutboxOptions {
  const addresses = splitAddresses(text).map((one) => new URL(one));
  const [first, last] = [addresses[0], addresses.at(-1)];
  const [user, pass] = [first?.username, first?.password].map((part) => decodeURIComponent(part ?? ""));
  const prefix = last?.pathname.slice(1);
  const replicas = last?.searchParams.get("replicas");
  if (replicas && !["1", "3", "5"].includes(replicas)) throw usageError("replicas is none of 1, 3 and 5");
  return {
    connection: {
      servers: addresses.map(({ host }) => host),
      ...(pass ? { user, pass } : user && { token: user }),
      ...(first?.protocol === "tls:" && { tls: {} }),
    },
    ...(prefix && { prefix }),
    ...(replicas && { replicas: Number(replicas) as 1 | 3 | 5 }),
  };
}
