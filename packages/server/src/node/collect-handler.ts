import type { RequestInfo } from "../seen-request.js";
import type { Tracker } from "../tracker.js";
import { type NodeRequest, toRequest } from "./to-request.js";
import { type NodeResponse, writeResponse } from "./write-response.js";

/** A handler as `node:http` and Express take it. */
export type CollectHandler = (
  request: NodeRequest,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/**
 * `tracker.collect` for `http.createServer`, for `app.all("/collect", …)` of Express, and, with `request.raw` and
 * `reply.raw` of a reply that is hijacked, for Fastify. Body parsers may or may not have read the body.
 *
 * Never rejects. What `collect` throws, such as an outbox's own fault, goes to `next`; without that the answer is 500
 * and the error is a warning of the process.
 */
export function collectHandler(tracker: Pick<Tracker, "collect">): CollectHandler {
  return async (request, response, next) => {
    try {
      const info: RequestInfo = { remoteAddress: request.socket.remoteAddress };
      const asked = toRequest(request);
      const answer = asked
        ? await tracker.collect(asked, info)
        : Response.json({ error: "the Host header or the path is malformed" }, { status: 400 });
      await writeResponse(request, response, answer);
    } catch (error) {
      if (next) return next(error);
      process.emitWarning(error instanceof Error ? error : String(error));
      await writeResponse(request, response, Response.json({ error: "not kept" }, { status: 500 }));
    }
  };
}
