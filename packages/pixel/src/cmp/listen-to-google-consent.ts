import type { Pixel } from "../pixel.js";
import { apply, chosen, isGrantedByDefault, noCommands, readCommand, waitOf } from "./consent-mode.js";
import { watchDataLayer } from "./data-layer.js";
import type { Page } from "./page.js";
import { quietly } from "./quietly.js";

/** `followGoogleConsent` in a given page. */
export function listenToGoogleConsent(pixel: Pick<Pixel, "consent">, dataLayer: string, page: Page): () => void {
  let mode = noCommands;
  let waiting = 0;
  let told = "";
  let ended = false;

  function tell(): void {
    if (ended) return;
    const choice = chosen(mode);
    const asDefault = choice === undefined;
    const advertising = asDefault && !waiting && isGrantedByDefault(mode) ? true : choice;
    const telling = `${advertising} ${asDefault}`;
    if (advertising === undefined || telling === told) return;
    told = telling;
    quietly(() => pixel.consent({ advertising }, { asDefault }));
  }

  function take(entry: unknown): void {
    const command = readCommand(entry);
    if (!command) return;
    mode = apply(mode, command);
    if (command.command !== "default") return;
    waiting++;
    page.after(waitOf(command), () => {
      waiting--;
      tell();
    });
  }

  const unwatch = watchDataLayer(dataLayer, page, (entries) => {
    // All of them before anything is told: a grant that was withdrawn long ago must not load a tag.
    for (const entry of entries) quietly(() => take(entry));
    tell();
  });
  return () => {
    ended = true;
    unwatch();
  };
}
