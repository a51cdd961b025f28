import type { Page } from "./page.js";
import { quietly } from "./quietly.js";

/** Milliseconds between two looks at a data layer, for what did not come by the `push` that is heard. */
const lookEvery = 1_000;

/**
 * Hears the entries of the global array of this name, each once, in their order; creates the array where there is
 * none.
 *
 * Google Tag Manager puts a `push` of its own in front and calls the one that it found, so hearing that one is enough.
 * It also cuts the array to 300 entries from the front, so entries are known by themselves, not by their index. `push`
 * is never heard twice on one array: two that take turns at being in front would pile up for ever.
 */
export function watchDataLayer(
  name: string,
  { window, after }: Page,
  hear: (entries: readonly unknown[]) => void,
): () => void {
  const page = window as unknown as Record<string, unknown>;
  const heard = new WeakSet<object>();
  let layer: unknown;
  let giveBack = () => {};
  let cancel = () => {};

  function read(): void {
    quietly(() => {
      page[name] ??= [];
      const current = page[name];
      if (!Array.isArray(current)) return;
      if (current !== layer) {
        giveBack();
        // First, so that a frozen one, which takes no other push, is read at the next look.
        layer = current;
        giveBack = hearPush(current, read);
      }
      const entries = current.filter((entry) => typeof entry === "object" && entry !== null && !heard.has(entry));
      for (const entry of entries) heard.add(entry);
      if (entries.length) hear(entries);
    });
  }

  function look(): void {
    read();
    cancel = after(lookEvery, look);
  }

  look();
  return () => {
    cancel();
    giveBack();
  };
}

/** Calls back after each push, until what it gives is called. */
function hearPush(layer: unknown[], onPush: () => void): () => void {
  const push = layer.push;
  let after = onPush;
  function heardPush(this: unknown[], ...entries: unknown[]): number {
    const answer = push.apply(this, entries);
    after();
    return answer;
  }
  layer.push = heardPush;
  return () => {
    // Under somebody else's `push` it stays, and only passes on.
    after = () => {};
    if (layer.push === heardPush) layer.push = push;
  };
}
