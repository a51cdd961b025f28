import { batch, signal } from "@preact/signals";
import { clock } from "./clock.js";
import { Counts } from "./model/counts.js";
import { type Filter, noFilter } from "./model/filter.js";
import { Funnel } from "./model/funnel.js";
import type { Row } from "./model/row.js";
import { Rows } from "./model/rows.js";
import { Timeline } from "./model/timeline.js";
import { showView } from "./view.js";

/** How often figures and charts are drawn anew, ms. The list follows every message. */
const CALM = 250;

// What arrived. These change in place; the signals below tell when.
export const counts = new Counts();
export const funnel = new Funnel();
export const rows = new Rows([counts, funnel]);
export const timelines = { second: new Timeline(1_000, 180), minute: new Timeline(60_000, 180) };

/** Grows with every change of what arrived. */
export const changed = signal(0);
/** Grows with them too, but four times a second at most. */
export const settled = signal(0);

export type Connection = "connecting" | "loading" | "live" | "reconnecting";
export const connection = signal<Connection>("connecting");
/** While everything that is kept is being loaded: how much of it has come. */
export const progress = signal({ done: 0, total: 0 });
export const isPaused = signal(false);
/** What came since the pause began and is not shown yet. */
export const held = signal(0);
/** When the sandbox was last cleared, Unix ms. */
export const clearedAt = signal<number | undefined>(undefined);

export const filter = signal<Filter>(noFilter);
export const selected = signal<Row | undefined>(undefined);
export type Panel = "overview" | "event" | "faults";
export const panel = signal<Panel>("overview");
/** On narrow screens the panel lies over the list. */
export const isPanelOpen = signal(false);
/** Said to screen readers. */
export const spoken = signal("");

let timer: ReturnType<typeof setTimeout> | undefined;

export function noteChange(): void {
  changed.value += 1;
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    settled.value += 1;
  }, CALM);
}

/** Once a second: waits that are over, and charts that move on. */
export function tick(): void {
  if (isPaused.value) return;
  if (rows.tick(clock())) noteChange();
  settled.value += 1;
}

export function setFilter(change: Partial<Filter>): void {
  batch(() => {
    filter.value = { ...filter.value, ...change };
    rows.setFilter(filter.value);
    changed.value += 1;
  });
}

/** `open`: also shows the panel where it lies over the list. */
export function select(row: Row | undefined, open: boolean): void {
  batch(() => {
    selected.value = row;
    if (row) panel.value = "event";
    if (open) isPanelOpen.value = row !== undefined;
  });
}

export function showPanel(name: Panel): void {
  batch(() => {
    showView("events");
    panel.value = name;
    isPanelOpen.value = true;
  });
}

export function closePanel(): void {
  batch(() => {
    isPanelOpen.value = false;
    selected.value = undefined;
    if (panel.value === "event") panel.value = "overview";
  });
}
