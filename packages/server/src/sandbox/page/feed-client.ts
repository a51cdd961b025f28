import { batch } from "@preact/signals";
import type { FeedEntry, FeedMessage } from "../feed/entries.js";
import { loadBusiness, loadPart } from "./business.js";
import { clock, setClock } from "./clock.js";
import {
  changed,
  clearedAt,
  connection,
  held,
  isPaused,
  noteChange,
  progress,
  rows,
  select,
  selected,
  timelines,
} from "./state.js";

/** After the server has refused the stream, which browsers take for final, ms. */
const RETRY = 2_000;

let source: EventSource | undefined;
/** The id of the last message that was shown. */
let last: string | undefined;

/** Follows what arrives, from the message after `last` or from the beginning. */
export function follow(): void {
  source?.close();
  const stream = new EventSource(last === undefined ? "/_sandbox/stream" : `/_sandbox/stream?after=${last}`);
  source = stream;
  stream.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
    const message = JSON.parse(data) as FeedMessage;
    if (isPaused.value) {
      hold(message);
      return;
    }
    if (lastEventId !== "") last = lastEventId;
    batch(() => read(message));
  };
  stream.onerror = () => {
    connection.value = "reconnecting";
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => source === stream && follow(), RETRY);
  };
  stream.onopen = () => {
    if (!isPaused.value) loadBusiness();
    if (last !== undefined) connection.value = "live";
  };
}

/** What comes during a pause is only counted: the sandbox remembers it, and tells it again from where the page stood. */
export function setPaused(paused: boolean): void {
  batch(() => {
    isPaused.value = paused;
    held.value = 0;
  });
  if (!paused) follow();
}

function hold(message: FeedMessage): void {
  if (message.type === "live") connection.value = "live";
  if (message.type !== "entries") return;
  held.value += message.entries.filter(({ kind }) => kind === "event" || kind === "request").length;
}

function read(message: FeedMessage): void {
  if (message.type === "start") {
    setClock(message.now);
    rows.maxCopies = message.maxEvents;
    forget();
    connection.value = "loading";
    progress.value = { done: 0, total: message.events };
  } else if (message.type === "live") {
    connection.value = "live";
    const before = selected.value;
    if (before) selected.value = rows.find(before) ?? before;
    changed.value += 1;
  } else {
    for (const entry of message.entries) take(entry);
    if (connection.value === "loading") {
      const { done, total } = progress.value;
      progress.value = { done: Math.min(total, done + message.entries.length), total };
    }
  }
  noteChange();
}

function take(entry: FeedEntry): void {
  if (entry.kind === "business") {
    loadPart(entry.part);
    return;
  }
  rows.apply(entry, clock());
  for (const timeline of Object.values(timelines)) timeline.add(entry);
  if (entry.kind !== "clear") return;
  clearedAt.value = clock();
  loadBusiness();
  select(undefined, true);
}

function forget(): void {
  rows.clear();
  for (const timeline of Object.values(timelines)) timeline.clear();
}
