/** A part of a multipart form, as its headers have it. */
export interface FormPart {
  readonly name: string;
  /** Of a file. */
  readonly fileName?: string;
}

const mostHeaders = 16 * 1024;
const headersEnd = Buffer.from("\r\n\r\n");

/** The boundary that a `Content-Type` names; absent when it is no multipart form's. */
export function boundaryOf(contentType: string | undefined): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType ?? "")) return undefined;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType ?? "") ?? [];
  return quoted ?? plain;
}

/**
 * Reads a multipart form of any size as it comes. Gives whether it was whole.
 * @param onPart is told of each part, and gives what takes its bytes
 */
export async function readMultipart(
  stream: AsyncIterable<Buffer>,
  boundary: string,
  onPart: (part: FormPart) => (bytes: Buffer) => void,
): Promise<boolean> {
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first delimiter may have no line break before it.
  let pending: Buffer = Buffer.from("\r\n");
  let take: (bytes: Buffer) => void = () => undefined;
  let isInHeaders = false;
  let isWhole = false;

  /** Reads on in what has come; false when that is no form. */
  function read(): boolean {
    for (;;) {
      if (isInHeaders) {
        const end = pending.indexOf(headersEnd);
        if (end < 0) return pending.length <= mostHeaders;
        const part = partOf(pending.toString("utf8", 0, end));
        if (!part) return false;
        take = onPart(part);
        isInHeaders = false;
        pending = pending.subarray(end + headersEnd.length);
      }
      const at = pending.indexOf(delimiter);
      const whole = at < 0 ? Math.max(0, pending.length - delimiter.length + 1) : at;
      if (whole > 0) take(pending.subarray(0, whole));
      pending = pending.subarray(whole);
      const after = delimiter.length + 2;
      if (at < 0 || pending.length < after) return true;
      const next = pending.toString("latin1", delimiter.length, after);
      isWhole = next === "--";
      if (isWhole) return true;
      if (next !== "\r\n") return false;
      isInHeaders = true;
      pending = pending.subarray(after);
    }
  }

  let isForm = true;
  for await (const chunk of stream) {
    // To the end, also of what is no form: the connection has to carry an answer.
    if (!isForm || isWhole) continue;
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    isForm = read();
  }
  return isForm && isWhole;
}

function partOf(headers: string): FormPart | undefined {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(headers)?.[1] ?? "";
  const [, name] = /;?\s*\bname="([^"]*)"/i.exec(disposition) ?? [];
  const [, fileName] = /\bfilename="([^"]*)"/i.exec(disposition) ?? [];
  return name === undefined ? undefined : { name, ...(fileName !== undefined && { fileName }) };
}
