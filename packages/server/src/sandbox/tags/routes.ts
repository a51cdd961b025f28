import type { Answer, Route } from "../http-call.js";
import { eventsScript } from "./events.js.js";
import { fbeventsScript } from "./fbevents.js.js";

const script =
  (text: string): (() => Answer) =>
  () => ({
    status: 200,
    headers: { "content-type": "text/javascript; charset=utf-8", "cache-control": "no-store" },
    body: text,
  });

/** Meta serves its script under any locale. */
export const tagRoutes: readonly Route[] = [
  { pattern: /^\/[a-z]{2}_[A-Z]{2}\/fbevents\.js$/, cors: true, handle: script(fbeventsScript) },
  { pattern: /^\/i18n\/pixel\/events\.js$/, cors: true, handle: script(eventsScript) },
  { pattern: /^\/favicon\.ico$/, handle: () => ({ status: 204 }) },
];
