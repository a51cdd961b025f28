import { isObject } from "../json.js";
import type { ReceivedRequest } from "../received.js";

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/**
 * The requests as an HTTP Archive, version 1.2 (W3C's draft of the format), in pieces. Bodies are written anew from what
 * was understood of them, since the journal keeps no tokens; what it does not keep at all is -1 or empty, as the format
 * provides. A request whose connection was cut has the status 0, as browsers write it.
 */
export function* harText(requests: readonly ReceivedRequest[], url: string): Generator<string, void> {
  const creator = JSON.stringify({ name: "Beaconry sandbox", version: "1" });
  yield `{"log":{"version":"1.2","creator":${creator},"pages":[],"entries":[`;
  let separator = "\n";
  for (const request of requests) {
    yield separator + JSON.stringify(entry(request, url));
    separator = ",\n";
  }
  yield "\n]}}\n";
}

function entry(request: ReceivedRequest, base: string) {
  const { duration } = request;
  return {
    startedDateTime: new Date(request.receivedAt - duration).toISOString(),
    time: duration,
    request: {
      method: request.method,
      url: base + request.path,
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: pairs(request.headers),
      queryString: [...new URL(request.path, base).searchParams].map(([name, value]) => ({ name, value })),
      ...(request.body !== undefined && request.method !== "GET" && { postData: postData(request) }),
      headersSize: -1,
      bodySize: request.bytes,
    },
    response: response(request),
    cache: {},
    timings: { send: 0, wait: duration, receive: 0 },
    ...(request.faults && { comment: `Faults: ${request.faults.join(", ")}` }),
  };
}

/** The format has a form's fields in `params`, anything else in `text`. */
function postData({ headers, body }: ReceivedRequest) {
  const mimeType = headers["content-type"] ?? "";
  const isForm = isObject(body) && /^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(mimeType);
  return isForm ? { mimeType, params: pairs(body), text: "" } : { mimeType, params: [], text: textOf(body) };
}

function response({ status, answer, answerHeaders = {} }: ReceivedRequest) {
  const text = answer === undefined ? "" : textOf(answer);
  const isJson = answer !== undefined && typeof answer !== "string";
  return {
    status: status ?? 0,
    statusText: "",
    httpVersion: "HTTP/1.1",
    cookies: [],
    headers: pairs(answerHeaders),
    content: {
      size: Buffer.byteLength(text),
      mimeType: answerHeaders["content-type"] ?? (isJson ? "application/json" : "text/plain"),
      text,
    },
    redirectURL: answerHeaders.location ?? "",
    headersSize: -1,
    bodySize: status === undefined ? -1 : Buffer.byteLength(text),
    ...(status === undefined && { comment: "The connection was cut." }),
  };
}

function pairs(object: Readonly<Record<string, unknown>>): readonly NamedValue[] {
  return Object.entries(object).map(([name, value]) => ({ name, value: textOf(value) }));
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
