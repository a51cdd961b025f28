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

/** Starts a server on loopback; gives its port. */
export function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
