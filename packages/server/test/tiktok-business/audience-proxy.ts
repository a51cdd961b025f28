import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What is done with the answer to a call. */
type Fate = "pass" | "cut" | { readonly code: number; readonly message: string } | (() => void);

/** Stands before a sandbox: counts its calls, and decides what becomes of them. */
export interface Proxy {
  readonly url: string;
  /** Paths that the sandbox was asked for, without `/open_api/v1.3/dmp/custom_audience/`. */
  readonly calls: string[];
  /**
   * Of the next calls of this path, one after the other: `cut` loses the sandbox's answer, an object is one in the place of
   * the sandbox's, a function is called when the sandbox has answered, and the answer is lost.
   */
  next(path: string, ...fates: Fate[]): void;
}

export async function startProxy(target: string): Promise<Proxy> {
  const calls: string[] = [];
  const planned = new Map<string, Fate[]>();

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? "").replace(/\?.*/, "").replace(/^.*custom_audience\/|\/$/g, "");
    const fate = planned.get(path)?.shift() ?? "pass";
    calls.push(path);
    if (typeof fate === "object") {
      request.resume().on("end", () => response.end(JSON.stringify(fate)));
      return;
    }
    const { method, headers } = request;
    const onward = send(`${target}${request.url}`, { ...(method && { method }), headers }, (answer) => {
      if (fate === "cut" || typeof fate === "function") {
        answer.resume().on("end", () => {
          if (typeof fate === "function") fate();
          request.socket.destroy();
        });
        return;
      }
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.on("close", () => {
      if (!request.complete) onward.destroy();
    });
    request.pipe(onward);
  }

  const server = createServer(forward);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    next: (path, ...fates) => void planned.set(path, fates),
  };
}
