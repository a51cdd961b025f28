import { useEffect, useState } from "preact/hooks";
import { audiences, leads } from "../business.js";
import { count } from "../model/words.js";
import { connection, counts, isPaused, rows, spoken } from "../state.js";

/** News are said at most so often, ms: a stream of events would drown everything else. */
const CALM = 10_000;

interface Figures {
  readonly events: number;
  readonly refused: number;
  readonly audiences: number | undefined;
  readonly leads: number | undefined;
}

const figures = (): Figures => ({
  events: rows.all.length,
  refused: counts.states.refused,
  audiences: audiences.value?.length,
  leads: leads.value?.total,
});

/** What came between two looks; empty when nothing did. What has just been loaded for the first time is no news. */
function newsSince(before: Figures, now: Figures): string {
  const more = (name: "audiences" | "leads") => (now[name] ?? 0) - (before[name] ?? now[name] ?? 0);
  const events = now.events - before.events;
  const refused = now.refused - before.refused;
  return [
    events > 0 && `${count(events, "new event")}${refused > 0 ? `, ${refused} refused` : ""}`,
    more("audiences") > 0 && count(more("audiences"), "new audience"),
    more("leads") > 0 && count(more("leads"), "new lead"),
  ]
    .filter(Boolean)
    .join("; ");
}

/** Says to screen readers what has come, in sums, and at once what the person did. */
export function LiveRegion() {
  const [news, setNews] = useState("");
  useEffect(() => {
    let said = figures();
    const timer = setInterval(() => {
      if (isPaused.value || connection.value !== "live") return;
      const now = figures();
      const text = newsSince(said, now);
      said = now;
      if (text !== "") setNews(text);
    }, CALM);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <p class="hidden-text" role="status">
        {news}
      </p>
      <p class="hidden-text" role="status">
        {spoken.value}
      </p>
    </>
  );
}
