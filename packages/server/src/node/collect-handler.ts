import { type CollectAnswer, noAddress } from "../collector/collect.js";
import type { Tracker } from "../tracker.js";
import { bodyOf } from "./node-body.js";
import { headOf, type NodeRequest, urlOf } from "./node-request.js";
import { type NodeResponse, writeAnswer } from "./write-response.js";

/** A handler as `node:http` and Express take it. */
export type CollectHandler = (
  request: NodeRequest,
  response: NodeResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/**
 * The collector for `http.createServer`, for `app.all("/collect", …)` of Express, and, with `request.raw` and
 * `reply.raw` of a reply that is hijacked, for Fastify. Body parsers may or may not have read the body. It makes no
 * objects of the Fetch API, which would cost more than half as much as all the rest of a request.
 *
 * Never rejects. What the collector throws, such as an outbox's own fault, goes to `next`; without that the answer is
 * 500 and the error is a warning of the process.
 */
export function collectHandler(tracker: Pick<Tracker, "answer">): CollectHandler {
  return async (request, response, next) => {
    try {
      writeAnswer(request, response, await answerTo(request, tracker));
    } catch (error) {
      if (next) return next(error);
      process.emitWarning(error instanceof Error ? error : String(error));
      writeAnswer(request, response, notKept);
    }
  };
}

async function answerTo(request: NodeRequest, tracker: Pick<Tracker, "answer">): Promise<CollectAnswer> {
  const url = urlOf(request);
  if (url === undefined) return noAddress;
  const { remoteAddress } = request.socket;
  return tracker.answer({ ...headOf(request, url), body: bodyOf(request) }, { remoteAddress });
}

const notKept: CollectAnswer = {
  status: 500,
  headers: { "Content-Type": "application/json" },
  cookies: [],
  body: '{"error":"not kept"}',
};
