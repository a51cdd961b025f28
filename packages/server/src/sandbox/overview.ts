import type { Route } from "./http-call.js";
import type { Journal } from "./journal.js";

/** How many of the latest events the overview names. */
const SHOWN = 100;

/** `GET /`: what this server is and what it has taken, as plain text for whoever opens its address. */
export function overviewRoute(journal: Journal): Route {
  return {
    pattern: /^\/$/,
    handle: () => ({
      status: 200,
      headers: { "content-type": "text/plain; charset=utf-8" },
      body: overview(journal),
    }),
  };
}

function overview(journal: Journal): string {
  const events = journal.events();
  const lines = events
    .slice(-SHOWN)
    .reverse()
    .map(({ receivedAt, endpoint, name, id, outcome, matchKeys }) =>
      [
        new Date(receivedAt).toISOString(),
        endpoint.padEnd(16),
        outcome.padEnd(12),
        name.padEnd(28),
        (id ?? "–").padEnd(36),
        matchKeys.join(" "),
      ].join("  "),
    );
  return [
    "Beaconry sandbox: TikTok's and Meta's endpoints, emulated on this machine.",
    "",
    "  POST /open_api/v1.3/event/track/       TikTok Events API",
    "  POST /{version}/{dataset}/events       Meta Conversions API",
    "  POST /{version}/{app}/activities       Meta App Events API",
    "  GET  /i18n/pixel/events.js             TikTok's tag",
    "  GET  /en_US/fbevents.js                Meta's tag",
    "",
    events.length === 0 ? "No event yet." : `Events: ${events.length}, the latest first`,
    ...lines,
    "",
  ].join("\n");
}
