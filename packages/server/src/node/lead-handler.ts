import type { LeadWebhook } from "../tiktok-business/leads/webhook.js";
import { type CollectHandler, collectHandler } from "./collect-handler.js";

/**
 * A lead webhook for `http.createServer` and for `app.post(…)` of Express. Mount it before body parsers: the signature is
 * about the bytes, and ids have more digits than a parser's numbers. A body that was parsed is an error of the server's
 * and goes to `next`; without that the answer is 500 and the error is a warning of the process.
 */
export function leadHandler(webhook: Pick<LeadWebhook, "answer">): CollectHandler {
  const handle = collectHandler(webhook);
  const parsed: CollectHandler = collectHandler({
    answer: () =>
      Promise.reject(new TypeError("leadHandler: a parser has read the request's body: mount it before the parser")),
  });
  return (request, response, next) => {
    const { readableDidRead, body } = request;
    const isRaw = !readableDidRead || typeof body === "string" || body instanceof Uint8Array;
    return (isRaw ? handle : parsed)(request, response, next);
  };
}
