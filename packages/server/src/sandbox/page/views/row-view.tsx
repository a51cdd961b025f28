// biome-ignore-all lint/a11y/useSemanticElements: a table can not leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names the row it is on
import { endpoints, type Side, sideLabels, vendorLabels } from "../model/endpoints.js";
import { gradeOf } from "../model/match-quality.js";
import { type EventRow, firstOf, issueCount, type RequestRow, type Row, states } from "../model/row.js";
import { count, time } from "../model/words.js";
import { Icon } from "./icons.js";

export const rowId = (row: Row) => `row-${row.order}`;

interface Props {
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

export function RowView({ row, index, top, isSelected, onSelect }: Props) {
  const { label, tone } = states[row.state];
  const issues = issueCount(row);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
    <div
      id={rowId(row)}
      class={`row ${row.kind}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onSelect}
    >
      <span role="gridcell" class="cell-time">
        {time(row.at)}
      </span>
      <span role="gridcell" class="cell-event">
        <span class="event-line">
          <span class={`vendor ${row.vendor}`}>{vendorLabels[row.vendor]}</span>
          <b class="event-name">{row.kind === "event" ? row.name : nameOf(row)}</b>
          {isTest(row) && <span class="badge calm">Test</span>}
        </span>
        <span class="event-id">{row.kind === "event" ? (row.id ?? "no event id") : row.entry.refusal.message}</span>
      </span>
      <span role="gridcell" class="cell-copies">
        {row.kind === "event" ? (
          <Copies row={row} />
        ) : (
          <Chip side={endpoints[row.entry.endpoint].side} kind="refused" />
        )}
      </span>
      <span role="gridcell" class="cell-outcome">
        <span class={`badge ${tone}`}>{label}</span>
        {row.kind === "request" && <span class="code">{row.entry.refusal.code}</span>}
      </span>
      <span role="gridcell" class="cell-match">
        {row.kind === "event" ? <Meter score={row.quality} /> : <span class="none">–</span>}
      </span>
      <span role="gridcell" class="cell-issues">
        {issues > 0 && (
          <span class={`issues ${tone === "bad" ? "bad" : "warn"}`}>
            <Icon name="warning" />
            {issues}
            <span class="hidden-text">{issues === 1 ? " issue" : " issues"}</span>
          </span>
        )}
        {isStruck(row) && (
          <span class="struck" title="A fault struck its request">
            <Icon name="bolt" />
            <span class="hidden-text">fault</span>
          </span>
        )}
      </span>
    </div>
  );
}

/** A refused request by the names of its events. */
export function nameOf({ entry }: RequestRow): string {
  const [first, ...others] = entry.names;
  if (first === undefined) return "Request without events";
  const names = others.length > 0 ? `${first} and others` : first;
  return entry.sent > 1 ? `${names} (${count(entry.sent, "event")})` : names;
}

function Copies({ row }: { readonly row: EventRow }) {
  const sides: readonly Side[] = ["browser", "server"];
  return (
    <>
      {sides.map((side) => {
        const copy = firstOf(row, side);
        if (copy) return <Chip key={side} side={side} kind={copy.outcome} />;
        const isMissing = row.state === "alone" || row.state === "waiting";
        return isMissing ? <Chip key={side} side={side} kind={row.state === "alone" ? "missing" : "awaited"} /> : null;
      })}
      {row.copies.length + row.more > 2 && <span class="more">×{row.copies.length + row.more}</span>}
    </>
  );
}

const chipMeanings = {
  counted: "counted",
  deduplicated: "deduplicated",
  refused: "refused",
  missing: "missing",
  awaited: "awaited",
} as const;

function Chip({ side, kind }: { readonly side: Side; readonly kind: keyof typeof chipMeanings }) {
  return (
    <span class={`chip ${side} ${kind}`} title={`${sideLabels[side]}: ${chipMeanings[kind]}`}>
      {sideLabels[side]}
      <span class="hidden-text"> {chipMeanings[kind]}</span>
    </span>
  );
}

export function Meter({ score }: { readonly score: number }) {
  const grade = gradeOf(score);
  return (
    <span class={`meter ${grade}`} title={`${score.toFixed(1)} of 10, ${grade}: an estimate`}>
      <span class="bar" aria-hidden="true">
        <span style={{ width: `${score * 10}%` }} />
      </span>
      {score.toFixed(1)}
    </span>
  );
}

function isStruck(row: Row): boolean {
  return row.kind === "request"
    ? row.entry.faults !== undefined
    : row.copies.some(({ faults }) => faults !== undefined);
}

function isTest(row: Row): boolean {
  return row.kind === "event" && row.copies.some((copy) => copy.isTest);
}
