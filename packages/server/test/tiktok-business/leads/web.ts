import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A request that came. */
export interface Came {
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that keeps what comes and answers with these statuses, the last one from then on. */
export async function receiver(statuses: readonly (number | "cut")[] = [200], port = 0) {
  const came: Came[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    came.push({ method: request.method ?? "", headers: request.headers, body });
    const status = statuses[Math.min(came.length, statuses.length) - 1] ?? 200;
    if (status === "cut") return void request.socket.destroy();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  onTestFinished(close);
  const { port: own } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${own}/leads`, port: own, came, close };
}

/** Waits until something is so; the test's own time limit ends it. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** All that comes. */
export async function list<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
