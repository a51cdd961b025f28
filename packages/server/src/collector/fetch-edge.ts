import { type CollectAnswer, type CollectRequest, noAddress } from "./collect.js";
import type { BodySource } from "./read-body.js";

/**
 * Answers a Fetch API request by what takes the collector's. Rejects when its body has been read before. An address that is
 * none is a 400: servers that make requests in their own way (Hono on Node) put the client's `Host` into it unread.
 */
export async function overFetch(
  request: Request,
  answer: (request: CollectRequest) => Promise<CollectAnswer>,
): Promise<Response> {
  // First: what such a request does not have can not be asked for without an error.
  if (!URL.canParse(request.url)) return toResponse(noAddress);
  const { method, url, headers, body, bodyUsed } = request;
  if (bodyUsed) throw new TypeError("collect: the request's body has been read before it came here");
  return toResponse(await answer({ method, url, headers, body: readStream(body) }));
}

/** The collector's answer as Fetch API has it. */
function toResponse({ status, headers, cookies, body }: CollectAnswer): Response {
  const response = new Response(body, { status, headers });
  for (const cookie of cookies) response.headers.append("Set-Cookie", cookie);
  return response;
}

function readStream(stream: ReadableStream<Uint8Array> | null): BodySource {
  return (listener) => {
    const reader = stream?.getReader();
    const readAll = async () => {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (done) return listener.end();
        listener.chunk(value);
      }
    };
    readAll().catch(() => listener.gone());
    // It may never answer, so nobody waits for it.
    return () => void reader?.cancel().catch(() => {});
  };
}
