import { endpoints, type Side, vendorLabels } from "./endpoints.js";
import { type EventRow, firstOf, sideOf, states, TOGETHER } from "./row.js";
import type { Rows } from "./rows.js";
import { duration } from "./words.js";

const HOUR = 3_600_000;
const possessive: Readonly<Record<Side, string>> = { browser: "the browser's", server: "the server's" };
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Why an event is in its state, in plain words. */
export function explain(row: EventRow, rows: Pick<Rows, "hasSent" | "refusedCopy">): string {
  const vendor = vendorLabels[row.vendor];
  const [first] = row.copies;
  if (!first) return "";
  const side = sideOf(first);
  const other: Side = side === "browser" ? "server" : "browser";
  const twin = firstOf(row, other);
  const apart = twin ? duration(Math.abs(twin.receivedAt - first.receivedAt)) : "";
  switch (row.state) {
    case "paired":
      return row.vendor === "tiktok"
        ? `Both copies came, ${apart} apart. ${vendor} counts the first and adds what the second knows.`
        : `Both copies came, ${apart} apart. ${vendor} counts ${possessive[counted(row)]} and drops the other.`;
    case "late":
      return `${capital(possessive[other])} copy came ${apart} after ${possessive[side]}. Beyond ${duration(TOGETHER)} it is only dropped: ${
        row.vendor === "tiktok" ? "what it knows is not added." : "the browser's is no longer favoured."
      }`;
    case "twice":
      return whyTwice(row);
    case "waiting":
      return `${capital(possessive[side])} copy came. ${capital(possessive[other])} is expected, since this source sends from both sides.`;
    case "alone":
      if (rows.refusedCopy(row)) return `Only ${possessive[side]} copy came: the request with the other was refused.`;
      return rows.hasSent(row, other)
        ? `Only ${possessive[side]} copy came, while the ${other} sent ${row.name} under other ids. Both sides must give one event the same id.`
        : `Only ${possessive[side]} copy came. This source sends from both sides, but the ${other} never sent ${row.name}.`;
    case "repeated":
      return row.copies.length + row.more > 1
        ? `The ${side} sent it ${row.copies.length + row.more} times. ${vendor} counts it once.`
        : `${vendor} knows this event already and does not count it again.`;
    case "single":
      return `One copy came, and no other is expected: ${whySingle(row)}.`;
    default:
      return states[row.state].label;
  }
}

/**
 * What an event's age on arrival means to the Conversions API, by Meta's best practices; undefined while it is young, and
 * beyond a day, of which a warning tells.
 */
export function explainAge({ copies }: EventRow): string | undefined {
  const ages = copies.flatMap(({ endpoint, time, receivedAt }) =>
    endpoint === "meta.conversions" && time !== undefined ? [receivedAt - time] : [],
  );
  const age = Math.max(0, ...ages);
  if (age <= HOUR || age > 24 * HOUR) return undefined;
  return `It arrived ${duration(age)} after it happened. To Meta within an hour is best, and beyond two matching and delivery get worse.`;
}

function counted(row: EventRow): Side {
  const copy = row.copies.find(({ outcome }) => outcome === "counted");
  return copy ? sideOf(copy) : "browser";
}

function whyTwice(row: EventRow): string {
  const vendor = vendorLabels[row.vendor];
  const both = row.copies.filter(({ outcome }) => outcome === "counted");
  const sources = new Set(both.map(({ sourceId }) => sourceId));
  if (sources.size > 1) {
    return `${vendor} counts it ${both.length} times: the copies went to different sources (${[...sources].join(", ")}), and only copies of one source are compared.`;
  }
  return `${vendor} counts it ${both.length} times: the copies came further apart than it compares.`;
}

function whySingle(row: EventRow): string {
  const [first] = row.copies;
  if (!first) return "";
  if (row.id === undefined) return "without an event id no copy can be recognised";
  if (first.offPage) return "it did not happen on a page";
  if (row.vendor === "tiktok" && row.name.toLowerCase() === "pageview") {
    return "TikTok's tag gives page views no id, so they go by one side";
  }
  return `${endpoints[first.endpoint].source.toLowerCase()} ${first.sourceId} has sent from the ${sideOf(first)} only`;
}
