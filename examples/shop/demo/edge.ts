import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Public addresses that visitors of the demo seem to come from: on one machine all would be 127.0.0.1. */
export const visitorAddresses = ["168.212.226.204", "168.212.226.17", "2a01:e0a:1b2:c3d0::7"] as const;

/**
 * The reverse proxy in front of the shop. As nginx's `$proxy_add_x_forwarded_for` does, it appends the client's
 * address to `X-Forwarded-For`; each new visitor, told apart by a cookie, gets the next of the demo's addresses.
 */
export function createEdge(shopPort: number): Server {
  let visitors = 0;
  return createServer((incoming, outgoing) => {
    const known = /(?:^|; )visitor=(\d+)/.exec(incoming.headers.cookie ?? "")?.[1];
    const visitor = known === undefined ? visitors++ : Number(known);
    const address = visitorAddresses[visitor % visitorAddresses.length];
    const forwardedFor = [incoming.headers["x-forwarded-for"], address].filter(Boolean).join(", ");
    const onward = request(
      {
        port: shopPort,
        host: "127.0.0.1",
        method: incoming.method,
        path: incoming.url,
        headers: { ...incoming.headers, "x-forwarded-for": forwardedFor },
      },
      (answer) => {
        const cookie = known === undefined ? { "set-cookie": `visitor=${visitor}; Path=/; SameSite=Lax` } : {};
        outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...cookie });
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
}

/** Starts a server on loopback, on a free port where the wished one is taken; gives its port. */
export async function listen(server: Server, wished = 0): Promise<number> {
  server.listen(await free(wished), "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** The port itself, or 0, which stands for any free one, when it is taken. */
export async function free(port: number): Promise<number> {
  const probe = createServer().listen(port, "127.0.0.1");
  const isFree = await once(probe, "listening").then(
    () => true,
    () => false,
  );
  if (isFree) await once(probe.close(), "close");
  return isFree ? port : 0;
}
