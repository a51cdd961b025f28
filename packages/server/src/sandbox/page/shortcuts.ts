import { signal } from "@preact/signals";
import { setPaused } from "./feed-client.js";
import { closePanel, filter, isPaused, setFilter, showPanel } from "./state.js";
import { nextTheme } from "./theme.js";
import { showView, view, viewLabels, views } from "./view.js";

export const isHelpOpen = signal(false);

const KEY = "beaconry.sandbox.shortcuts";

/** Letters alone can be struck by accident, and by those who speak to their machine: they can be switched off. */
export const lettersWork = signal(read());

export function setLettersWork(work: boolean): void {
  lettersWork.value = work;
  try {
    localStorage.setItem(KEY, work ? "on" : "off");
  } catch {
    // Storage is denied: the choice lasts as long as the page.
  }
}

interface Shortcut {
  readonly key: string;
  readonly does: string;
  readonly act: () => void;
}

export const shortcuts: readonly Shortcut[] = [
  { key: "/", does: "Search", act: () => focus("search") },
  { key: "l", does: "Go to the list", act: () => focus("list") },
  { key: "p", does: "Pause, or go on", act: () => setPaused(!isPaused.value) },
  { key: "i", does: "Issues only, or all", act: () => setFilter({ issuesOnly: !filter.value.issuesOnly }) },
  { key: "o", does: "Overview", act: () => showPanel("overview") },
  { key: "f", does: "Faults", act: () => showPanel("faults") },
  ...views.map((name, index) => ({ key: String(index + 1), does: viewLabels[name], act: () => showView(name) })),
  { key: "t", does: "Light or dark", act: nextTheme },
  {
    key: "?",
    does: "This help",
    act: () => {
      isHelpOpen.value = true;
    },
  },
];

/** In the list, whatever is set above. */
export const listKeys: readonly (readonly [keys: string, does: string])[] = [
  ["↑ ↓", "Event before, event after"],
  ["Page Up, Page Down", "A page further"],
  ["Home, End", "Newest, oldest"],
  ["Enter", "Go to the event's details"],
  ["Esc", "Close the details"],
];

export function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { target } = event;
    const isTyping = target instanceof HTMLElement && target.matches("input, select, textarea");
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      if (isTyping) target.blur();
      closePanel();
      if (view.value === "events") focus("list");
      return;
    }
    if (isTyping || !lettersWork.value) return;
    const shortcut = shortcuts.find(({ key }) => key === event.key);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act();
  });
}

/** Of what the list of events has. */
function focus(id: string): void {
  const move = () => document.getElementById(id)?.focus();
  if (view.value === "events") {
    move();
    return;
  }
  showView("events");
  requestAnimationFrame(move);
}

function read(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}
