import { expect, it } from "vitest";
import { kyTransport } from "../../src/index.js";
import { undiciTransport } from "../../src/undici/index.js";
import { describeTransport, serve } from "./contract.js";

describeTransport("kyTransport", kyTransport);
describeTransport("undiciTransport", undiciTransport);

it("undiciTransport keeps its connections, and ends them when it is closed", async () => {
  const ports = new Set<number | undefined>();
  const ended: Promise<unknown>[] = [];
  const url = await serve((request, response) => {
    if (!ports.has(request.socket.remotePort)) {
      ended.push(new Promise((resolve) => request.socket.on("close", resolve)));
    }
    ports.add(request.socket.remotePort);
    response.end("{}");
  });
  const transport = undiciTransport({ connections: 1 });
  for (let count = 0; count < 5; count++) {
    await transport({ url, headers: {}, body: "{}" }, new AbortController().signal);
  }
  expect(ports.size).toBe(1);
  await transport.close();
  await Promise.all(ended);
});
