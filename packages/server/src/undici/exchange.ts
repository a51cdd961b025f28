import type { IncomingHttpHeaders } from "node:http";
import { StringDecoder } from "node:string_decoder";
import type { Dispatcher } from "undici";
import { type AnswerHeaders, isRedirect, longestAnswer, type VendorAnswer } from "../http.js";

/** One request and its answer, for undici's `dispatch`. */
export interface Exchange {
  readonly handler: Dispatcher.DispatchHandler;
  readonly answer: Promise<VendorAnswer>;
  /** Ends it: the answer rejects with the reason. */
  abort(reason: Error): void;
}

/**
 * Reads the answer as it comes, up to its most; refuses redirects. Below `undici.request`, since its stream for each
 * body costs more than all of this.
 */
export function createExchange(): Exchange {
  const { promise, resolve, reject } = Promise.withResolvers<VendorAnswer>();
  const decoder = new StringDecoder("utf8");
  let controller: Dispatcher.DispatchController | undefined;
  let aborted: Error | undefined;
  let status = 0;
  let headers: IncomingHttpHeaders = {};
  let body = "";

  function abort(reason: Error): void {
    aborted ??= reason;
    // Without a connection yet, it is aborted as soon as it has one.
    controller?.abort(reason);
    reject(reason);
  }

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started;
      if (aborted) controller.abort(aborted);
    },
    onResponseStart(_, statusCode, itsHeaders) {
      // 1xx only announces the answer.
      if (statusCode < 200) return;
      status = statusCode;
      headers = itsHeaders;
      if (isRedirect(status)) abort(new TypeError("the answer is a redirect, which is not followed"));
    },
    onResponseData(_, chunk) {
      body += decoder.write(chunk);
      if (body.length < longestAnswer) return;
      resolve({ status, headers: readable(headers), body: body.slice(0, longestAnswer) });
      abort(new RangeError("the answer is longer than is read"));
    },
    onResponseEnd() {
      resolve({ status, headers: readable(headers), body: body + decoder.end() });
    },
    onResponseError(_, error) {
      reject(error);
    },
  };
  return { handler, answer: promise, abort };
}

function readable(headers: IncomingHttpHeaders): AnswerHeaders {
  return {
    get(name) {
      const value = headers[name.toLowerCase()];
      return Array.isArray(value) ? value.join(", ") : (value ?? null);
    },
  };
}
