import type { IncomingMessage } from "node:http";

/** The most a request's body may have. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** A request's body; undefined when it is larger than allowed, whatever its headers claim. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"]) > MAX_BODY_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when left early: the connection still has to carry the refusal.
  const stream: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
