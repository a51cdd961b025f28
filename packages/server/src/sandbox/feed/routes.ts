import { Readable } from "node:stream";
import type { ControlRoute } from "../control/route.js";
import { type Answer, header } from "../http-call.js";
import type { Journal } from "../journal.js";
import type { Feed } from "./feed.js";
import { harText } from "./har.js";
import { ndjsonText } from "./ndjson.js";

const notKept: Answer = {
  status: 404,
  body: { error: { code: "not_found", message: "There is nothing of this number, or it is no longer kept" } },
};

/** What the page reads: the stream of what arrives, single events and requests in full, exports. */
export function feedRoutes(journal: Journal, feed: Feed): readonly ControlRoute[] {
  return [
    {
      method: "GET",
      path: /^\/stream$/,
      handle: (call) => {
        const last = header(call, "last-event-id") ?? call.url.searchParams.get("after") ?? undefined;
        return {
          status: 200,
          headers: { "content-type": "text/event-stream; charset=utf-8" },
          body: Readable.from(feed.stream(last)),
        };
      },
    },
    {
      method: "GET",
      path: /^\/events\/(\d{1,15})$/,
      handle: ({ captured }) => {
        const event = journal.event(Number(captured[0]));
        if (!event) return notKept;
        const request = journal.request(event.request);
        if (!request) return { status: 200, body: { event } };
        // Left out: it may have a thousand events, and this one is here already.
        const { body: _, ...rest } = request;
        return { status: 200, body: { event, request: rest } };
      },
    },
    {
      method: "GET",
      path: /^\/requests\/(\d{1,15})$/,
      handle: ({ captured }) => {
        const request = journal.request(Number(captured[0]));
        return request ? { status: 200, body: request } : notKept;
      },
    },
    {
      method: "GET",
      path: /^\/export\.ndjson$/,
      handle: () => download("events.ndjson", "application/x-ndjson", ndjsonText(journal.events())),
    },
    {
      method: "GET",
      path: /^\/export\.har$/,
      handle: ({ headers }) =>
        download("requests.har", "application/json", harText(journal.requests(), `http://${headers.host}`)),
    },
  ];
}

function download(name: string, type: string, text: Iterable<string>): Answer {
  return {
    status: 200,
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "content-disposition": `attachment; filename="beaconry-${name}"`,
    },
    body: Readable.from(text),
  };
}
