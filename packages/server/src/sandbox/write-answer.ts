import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Answer } from "./http-call.js";

/** In how many pieces a slow body comes. */
const PIECES = 20;

/** Writes an answer to its end. Rejects when the client goes away before that. */
export async function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): Promise<void> {
  if (body instanceof Readable) {
    response.writeHead(status, headers).flushHeaders();
    if (response.req.method !== "HEAD") return pipeline(body, response);
    body.destroy();
    return void response.end();
  }
  const bytes = bytesOf(body);
  writeHead(response, { status, headers, body }, bytes);
  response.end(bytes);
}

/** Writes the headers at once and the body in pieces, the last after `duration` milliseconds. */
export async function dribbleAnswer(
  response: ServerResponse,
  answer: Answer,
  duration: number,
  signal: AbortSignal,
): Promise<void> {
  const bytes = bytesOf(answer.body) ?? Buffer.alloc(0);
  writeHead(response, answer, bytes);
  response.flushHeaders();
  const size = Math.max(Math.ceil(bytes.length / PIECES), 1);
  for (let start = 0; start < bytes.length && !response.destroyed; start += size) {
    await sleep((duration * Math.min(size, bytes.length - start)) / bytes.length, undefined, { ref: false, signal });
    response.write(bytes.subarray(start, start + size));
  }
  response.end();
}

function bytesOf(body: unknown): Buffer | undefined {
  if (body === undefined || Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function writeHead(response: ServerResponse, { status, headers, body }: Answer, bytes: Buffer | undefined): void {
  const type = typeof body === "string" ? (body.startsWith("<") ? "text/html" : "text/plain") : "application/json";
  response.writeHead(status, {
    ...(body !== undefined && { "content-type": type }),
    ...headers,
    ...(status !== 204 && { "content-length": bytes?.length ?? 0 }),
  });
}
