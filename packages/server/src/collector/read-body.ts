/** Why a body was not read. */
export type BodyProblem =
  /** It is larger than what is accepted. */
  | "too_large"
  /** It did not come in time. */
  | "too_slow"
  /** The client went away, or what came is no UTF-8 (RFC 8259, section 8.1). */
  | "unreadable";

/**
 * The body as text. Reads no further than the limit, whatever `Content-Length` says or does not say, and no longer
 * than the time.
 * @param most bytes
 * @param timeout ms
 */
export async function readBody(
  request: Request,
  most: number,
  timeout: number,
): Promise<{ readonly text: string } | { readonly problem: BodyProblem }> {
  if (Number(request.headers.get("content-length") ?? 0) > most) return { problem: "too_large" };
  const reader = request.body?.getReader();
  if (!reader) return { text: "" };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(resolve, timeout, "late");
  });
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    for (;;) {
      const chunk = await Promise.race([reader.read(), late]);
      if (chunk === "late") return give("too_slow");
      if (chunk.done) return { text: text + decoder.decode() };
      bytes += chunk.value.byteLength;
      if (bytes > most) return give("too_large");
      text += decoder.decode(chunk.value, { stream: true });
    }
  } catch {
    return give("unreadable");
  } finally {
    clearTimeout(timer);
  }

  /** Tells the sender's side that no more is wanted; it may never answer, so nobody waits for it. */
  function give(problem: BodyProblem) {
    reader?.cancel().catch(() => {});
    return { problem };
  }
}
