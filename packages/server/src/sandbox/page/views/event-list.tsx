// biome-ignore-all lint/a11y/useSemanticElements: a table can not leave out the rows that are not in sight
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names the row it is on
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Row } from "../model/row.js";
import { count, number } from "../model/words.js";
import { changed, filter, rows, select, selected } from "../state.js";
import { Icon } from "./icons.js";
import { RowView, rowId } from "./row-view.js";

/** Of a row, px; the style sheet has the same. */
const HEIGHT = 52;
/** Rows drawn beyond what is seen, on each end. */
const BEYOND = 6;

/** The list, newest first. Only the rows in sight are in the document; the others are a height. */
export function EventList() {
  changed.value;
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  /** The row at the upper edge, so that it stays there while others come above it; none at the very top. */
  const anchor = useRef<{ readonly order: number; readonly offset: number } | undefined>(undefined);
  const total = rows.shown.length;
  const at = (index: number) => rows.shown.at(total - 1 - index);
  const indexOf = (row: Row) => total - 1 - rows.shown.indexOf(row.order);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const resized = new ResizeObserver(() => setHeight(element.clientHeight));
    resized.observe(element);
    return () => resized.disconnect();
  }, []);

  useLayoutEffect(() => {
    anchor.current = undefined;
    scroller.current?.scrollTo({ top: 0 });
  }, [filter.value]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !anchor.current) return;
    const { order, offset } = anchor.current;
    const wanted = (total - 1 - rows.shown.indexOf(order)) * HEIGHT + offset;
    if (Math.abs(element.scrollTop - wanted) >= 1) element.scrollTop = wanted;
  });

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop } = element;
    const first = at(Math.floor(scrollTop / HEIGHT));
    anchor.current = scrollTop > 0 && first ? { order: first.order, offset: scrollTop % HEIGHT } : undefined;
    setTop(scrollTop);
  };

  const goTo = (index: number) => {
    const row = at(Math.max(0, Math.min(total - 1, index)));
    const element = scroller.current;
    if (!row || !element) return;
    select(row, false);
    const place = indexOf(row) * HEIGHT;
    if (place < element.scrollTop) element.scrollTop = place;
    else if (place + HEIGHT > element.scrollTop + height) element.scrollTop = place + HEIGHT - height;
    onScroll();
  };

  const current = selected.value && rows.shown.has(selected.value) ? selected.value : undefined;
  const page = Math.max(1, Math.floor(height / HEIGHT) - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    const here = current ? indexOf(current) : -1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: here + 1,
      ArrowUp: Math.max(0, here - 1),
      PageDown: here + page,
      PageUp: here - page,
      Home: 0,
      End: total - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) goTo(to);
    else if (event.key === "Enter" && current) {
      select(current, true);
      requestAnimationFrame(() => document.getElementById("panel-title")?.focus());
    } else return;
    event.preventDefault();
  };

  const from = Math.max(0, Math.floor(top / HEIGHT) - BEYOND);
  const to = Math.min(total, Math.ceil((top + height) / HEIGHT) + BEYOND);
  const visible: Row[] = [];
  for (let index = from; index < to; index++) {
    const row = at(index);
    if (row) visible.push(row);
  }
  return (
    <div class="list-box">
      <div
        id="list"
        ref={scroller}
        class="list"
        role="grid"
        tabIndex={0}
        aria-label={`${count(total, "event")}, newest first`}
        aria-rowcount={total + 1}
        aria-activedescendant={current ? rowId(current) : undefined}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <div class="row head" role="row" aria-rowindex={1}>
          <span role="columnheader">Time</span>
          <span role="columnheader">Event</span>
          <span role="columnheader">Copies</span>
          <span role="columnheader">Outcome</span>
          <span role="columnheader" title="Estimate of match quality, 0 to 10">
            Match
          </span>
          <span role="columnheader">Issues</span>
        </div>
        <div class="rows" role="rowgroup" style={{ height: `${total * HEIGHT}px` }}>
          {visible.map((row, index) => (
            <RowView
              key={row.order}
              row={row}
              index={from + index}
              top={(from + index) * HEIGHT}
              isSelected={row === current}
              onSelect={() => select(row, true)}
            />
          ))}
        </div>
        {total === 0 && <p class="nothing">Nothing that is kept fits these filters.</p>}
      </div>
      {top > HEIGHT && (
        <button
          type="button"
          class="to-top"
          onClick={() => {
            anchor.current = undefined;
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          <Icon name="up" />
          Newest
          <span class="hidden-text">, of {number(total)}</span>
        </button>
      )}
    </div>
  );
}
