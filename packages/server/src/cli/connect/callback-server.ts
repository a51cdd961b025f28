import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CliError, usageError } from "../exit-codes.js";

/** Where TikTok sends the browser back to. */
const callbackPath = "/tiktok/callback";

/** Waits on this machine for the browser to come back. */
export interface CallbackServer {
  /** What has to be registered with the app at TikTok. */
  readonly redirectUri: string;
  /** Resolves with what `read` makes of the first address for which it does not throw; the page says how it went. */
  wait<Result>(read: (url: string) => Result, timeout: number): Promise<Result>;
  close(): void;
}

const page = (text: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Beaconry</title><p>${text}</p></html>`;

/** Listens on 127.0.0.1. Throws a usage error when the port is in use. */
export async function startCallbackServer(port: number): Promise<CallbackServer> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw usageError(`--port ${port} can not be used: ${(error as NodeJS.ErrnoException).code}`);
  }
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${callbackPath}`;
  return {
    redirectUri,
    wait(read, timeout) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new CliError("nobody came back from TikTok in time: try again")),
          timeout,
        );
        server.on("request", (request, response) => {
          const [status, text] = ((): readonly [number, string] => {
            if (!request.url?.startsWith(callbackPath)) return [404, "There is nothing here."];
            try {
              resolve(read(request.url));
              clearTimeout(timer);
              return [200, "Connected. You can close this page and go back to the terminal."];
            } catch (error) {
              return [400, `That did not work: ${error instanceof Error ? error.message : "try again"}.`];
            }
          })();
          response.writeHead(status, { "content-type": "text/html; charset=utf-8", connection: "close" });
          response.end(page(text.replace(/[<>&]/g, "")));
        });
      });
    },
    close() {
      server.close();
      server.closeIdleConnections();
    },
  };
}
