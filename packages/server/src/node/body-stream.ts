import type { Readable } from "node:stream";

/** Bytes that may wait for the reader. */
const mostWaiting = 65_536;

/**
 * The bytes of a request's body as they are asked for. Whoever cancels it does not end the connection, as Node's own
 * conversion would: the answer is still to go out on it. What comes after is thrown away.
 */
export function readBodyStream(request: Readable & { readonly complete: boolean }): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        if (request.destroyed) return controller.error(new Error("the client has gone away"));
        const onData = (chunk: Uint8Array) => {
          controller.enqueue(chunk);
          if ((controller.desiredSize ?? 0) <= 0) request.pause();
        };
        const onEnd = () => {
          stop();
          controller.close();
        };
        const onGone = () => {
          stop();
          controller.error(new Error("the client has gone away"));
        };
        stop = () => {
          request.off("data", onData).off("end", onEnd).off("close", onGone);
        };
        request.on("data", onData).once("end", onEnd).once("close", onGone);
        // An error is followed by `close`; without a listener of its own it would end the process.
        request.on("error", () => {});
        request.pause();
      },
      pull() {
        request.resume();
      },
      cancel() {
        stop();
        request.resume();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaiting }),
  );
}
