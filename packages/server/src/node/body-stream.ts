import type { Readable } from "node:stream";
import { listenTo } from "./node-body.js";

/** Bytes that may wait for the reader. */
const mostWaiting = 65_536;

/**
 * The bytes of a request's body as they are asked for. Whoever cancels it does not end the connection, as Node's own
 * conversion would: the answer is still to go out on it. What comes after is thrown away.
 */
export function readBodyStream(request: Readable): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = listenTo(request, {
          chunk(bytes) {
            controller.enqueue(bytes);
            if ((controller.desiredSize ?? 0) <= 0) request.pause();
          },
          end: () => controller.close(),
          gone: () => controller.error(new Error("the client has gone away")),
        });
        request.pause();
      },
      pull() {
        request.resume();
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
  );
}
