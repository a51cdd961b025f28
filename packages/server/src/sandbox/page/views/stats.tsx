import type { RowState, Tone } from "../model/row.js";
import { duration, number } from "../model/words.js";
import { counts, filter, rows, setFilter, settled } from "../state.js";

interface Tile {
  readonly label: string;
  readonly state: RowState;
  readonly tone: Tone;
  readonly title: string;
}

const tiles: readonly Tile[] = [
  { label: "Deduplicated", state: "paired", tone: "good", title: "Both sides' copies came and count once" },
  { label: "Alone", state: "alone", tone: "warn", title: "One side's copy is missing" },
  { label: "Counted twice", state: "twice", tone: "bad", title: "Copies that the vendor does not recognise as such" },
  { label: "Refused", state: "refused", tone: "bad", title: "Requests that were not taken" },
];

/** The figures of what is kept; those of a state show only these events when pressed. */
export function Stats() {
  settled.value;
  const events = rows.all.length - counts.states.refused;
  const median = counts.delays.percentile(0.5);
  const high = counts.delays.percentile(0.95);
  return (
    <div class="stats">
      <div class="tile plain" title="Events, each with all its copies">
        <strong>{number(events)}</strong>
        <span>Events</span>
      </div>
      {tiles.map(({ label, state, tone, title }) => (
        <button
          key={state}
          type="button"
          class={`tile ${counts.states[state] > 0 ? tone : "none"}`}
          aria-pressed={filter.value.state === state}
          title={title}
          onClick={() => setFilter({ state: filter.value.state === state ? "" : state })}
        >
          <strong>{number(counts.states[state])}</strong>
          <span>{label}</span>
        </button>
      ))}
      <div class="tile plain" title="From the events' own time to their arrival, median and 95th percentile">
        <strong>{median === undefined ? "–" : duration(median)}</strong>
        <span>Delay{high !== undefined && `, p95 ${duration(high)}`}</span>
      </div>
    </div>
  );
}
