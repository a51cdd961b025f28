/** Why a body was not read. */
export type BodyProblem =
  /** It is larger than what is accepted. */
  | "too_large"
  /** It did not come in time. */
  | "too_slow"
  /** The client went away, or what came is no UTF-8 (RFC 8259, section 8.1). */
  | "unreadable";

/** Whoever wants a body. Nothing more is told after `end` or `gone`. */
export interface BodyListener {
  /** The bytes stay as they are. */
  chunk(bytes: Uint8Array): void;
  end(): void;
  /** The client went away. */
  gone(): void;
}

/**
 * A body that has not been read: tells the listener what comes, at once or later, and gives what ends that. What comes
 * afterwards is thrown away. The connection stays: an answer is still to go out on it.
 */
export type BodySource = (listener: BodyListener) => () => void;

type ReadBody = { readonly text: string } | { readonly problem: BodyProblem };

/**
 * The body as text. Reads no further than the limit, whatever its length was said to be, and no longer than the time.
 * @param length as the client said it; 0 where it did not
 * @param most bytes
 * @param timeout ms
 */
export async function readBody(source: BodySource, length: number, most: number, timeout: number): Promise<ReadBody> {
  if (length > most) return { problem: "too_large" };
  const { promise, resolve } = Promise.withResolvers<ReadBody>();
  const timer = setTimeout(resolve, timeout, { problem: "too_slow" });
  const bytes = createBytes();
  let stop = () => {};
  try {
    stop = source({
      chunk(chunk) {
        if (bytes.length + chunk.byteLength > most) resolve({ problem: "too_large" });
        else bytes.add(chunk);
      },
      end: () => resolve(decode(bytes.whole())),
      gone: () => resolve({ problem: "unreadable" }),
    });
    return await promise;
  } finally {
    clearTimeout(timer);
    stop();
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function decode(bytes: Uint8Array): ReadBody {
  try {
    return { text: decoder.decode(bytes) };
  } catch {
    return { problem: "unreadable" };
  }
}

const nothing: Uint8Array = new Uint8Array();

/** Bytes that come in pieces, as one. Most bodies come in one piece, which is not copied. */
function createBytes() {
  let held = nothing;
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(chunk: Uint8Array) {
      const needed = length + chunk.byteLength;
      if (length === 0) held = chunk;
      else if (needed > held.length) {
        const larger = new Uint8Array(Math.max(needed, 2 * held.length));
        larger.set(held.subarray(0, length));
        larger.set(chunk, length);
        held = larger;
      } else held.set(chunk, length);
      length = needed;
    },
    whole: () => held.subarray(0, length),
  };
}
