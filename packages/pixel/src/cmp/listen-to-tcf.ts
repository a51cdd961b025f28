import { consentFromTcf } from "@beaconry/core/page";
import type { Pixel } from "../pixel.js";
import type { Page } from "./page.js";
import { quietly } from "./quietly.js";
import type { FollowTcfOptions } from "./tcf.js";

/** Milliseconds between two looks for a platform that is not there yet, and how many looks there are after the first. */
const lookEvery = 250;
const looks = 120;

type TcfApi = (command: string, version: 2, callback: (...answer: unknown[]) => void, parameter?: unknown) => void;

/** `followTcf` in a given page. */
export function listenToTcf(
  pixel: Pick<Pixel, "consent">,
  { outsideGdpr, ...options }: FollowTcfOptions,
  { window, after }: Page,
): () => void {
  // Called as a member, and looked up each time: the platform puts its own function in the stub's place.
  const page = window as Window & { __tcfapi?: TcfApi };
  let listenerId: unknown;
  let ended = false;
  let removed = false;
  let stopLooking = () => {};

  function remove(): void {
    if (removed || listenerId === undefined) return;
    removed = true;
    quietly(() => page.__tcfapi?.("removeEventListener", 2, () => {}, listenerId));
  }

  function hear(tcData: unknown, success: unknown): void {
    if (success !== true) return;
    quietly(() => {
      listenerId = (tcData as { listenerId?: unknown }).listenerId;
    });
    // Ended while the call was in the stub's queue: only now is the listener's id known.
    if (ended) remove();
    else quietly(() => tell(tcData));
  }

  function tell(tcData: unknown): void {
    const choice = consentFromTcf(tcData, options);
    if (choice.advertising !== undefined) pixel.consent(choice);
    else if (typeof outsideGdpr === "boolean" && (tcData as { gdprApplies?: unknown }).gdprApplies === false) {
      pixel.consent({ advertising: outsideGdpr }, { asDefault: true });
    }
  }

  function look(left: number): void {
    let isThere = false;
    quietly(() => {
      isThere = typeof page.__tcfapi === "function";
      if (isThere) page.__tcfapi?.("addEventListener", 2, hear);
    });
    if (!isThere && left > 0) stopLooking = after(lookEvery, () => look(left - 1));
  }

  look(looks);
  return () => {
    ended = true;
    stopLooking();
    remove();
  };
}
