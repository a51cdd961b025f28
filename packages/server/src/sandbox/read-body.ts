import type { IncomingMessage } from "node:http";

/** A request's body; undefined when it has more than `most` bytes, whatever its headers claim. */
export async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"]) > most) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when left early: the connection still has to carry the refusal.
  const stream: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
