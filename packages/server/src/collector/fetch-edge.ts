import type { CollectAnswer, CollectRequest } from "./collect.js";
import type { BodySource } from "./read-body.js";

/** A Fetch API request as the collector takes it. Throws when its body has been read before. */
export function fromFetch(request: Request): CollectRequest {
  const { method, url, headers, body, bodyUsed } = request;
  if (bodyUsed) throw new TypeError("collect: the request's body has been read before it came here");
  return { method, url, headers, body: readStream(body) };
}

/** The collector's answer as Fetch API has it. */
export function toResponse({ status, headers, cookies, body }: CollectAnswer): Response {
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
