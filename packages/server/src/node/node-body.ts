import type { Readable } from "node:stream";
import type { BodySource } from "../collector/read-body.js";
import type { NodeRequest } from "./node-request.js";

/** A body that a parser has read already: bytes and texts are taken as they are, anything else is written as JSON. */
export interface ParsedBody {
  readonly body?: unknown;
}

/** The body of a request as the collector reads it. Reading throws when it has been read and nobody kept it. */
export function bodyOf(request: NodeRequest): BodySource {
  return (listener) => {
    if (!request.readableDidRead) return listenTo(request, listener);
    const kept = keptBody(request);
    listener.chunk(typeof kept === "string" ? new TextEncoder().encode(kept) : kept);
    listener.end();
    return () => {};
  };
}

/** What a parser has kept of a body that was read; throws when nobody kept it. */
export function keptBody({ body }: ParsedBody): string | Uint8Array<ArrayBuffer> {
  if (body === undefined)
    throw new TypeError("the request's body has been read before, and request.body does not have it");
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? new Uint8Array(body) : toJson(body);
}

/**
 * Parsers read JSON of any depth, but only some thousand levels can be written again: a body with more is the client's
 * fault, and becomes a text that is no JSON.
 */
function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (error instanceof RangeError) return "";
    throw error;
  }
}

/** Tells of the bytes as they come; see {@link BodySource}. */
export function listenTo(request: Readable, listener: Parameters<BodySource>[0]): () => void {
  if (request.destroyed) {
    listener.gone();
    return () => {};
  }
  const stop = () => {
    request.off("data", onData).off("end", onEnd).off("close", onGone);
  };
  const onData = (chunk: Uint8Array) => listener.chunk(chunk);
  const onEnd = () => {
    stop();
    listener.end();
  };
  const onGone = () => {
    stop();
    listener.gone();
  };
  request.on("data", onData).once("end", onEnd).once("close", onGone);
  // An error is followed by `close`; without a listener of its own it would end the process.
  request.on("error", () => {});
  return () => {
    stop();
    request.resume();
  };
}
