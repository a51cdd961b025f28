import { useEffect, useState } from "preact/hooks";
import { count } from "../model/words.js";
import { changed, connection, counts, isPaused, rows, spoken } from "../state.js";

/** News are said at most so often, ms: a stream of events would drown everything else. */
const CALM = 10_000;

/** Says to screen readers what has come, in sums, and at once what the person did. */
export function LiveRegion() {
  const [news, setNews] = useState("");
  useEffect(() => {
    let said = { rows: rows.all.length, refused: counts.states.refused, at: changed.value };
    const timer = setInterval(() => {
      if (isPaused.value || connection.value !== "live" || changed.value === said.at) return;
      const more = rows.all.length - said.rows;
      const refused = counts.states.refused - said.refused;
      said = { rows: rows.all.length, refused: counts.states.refused, at: changed.value };
      if (more > 0) setNews(`${count(more, "new event")}${refused > 0 ? `, ${refused} refused` : ""}`);
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
