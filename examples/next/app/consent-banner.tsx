"use client";

import { useEffect, useState } from "react";
import { pixel, storedConsent } from "./pixel";

/** Asks once, and again when asked to. */
export function ConsentBanner() {
  const [isOpen, setOpen] = useState(false);
  // The server does not know what was chosen: the banner opens in the browser.
  useEffect(() => setOpen(storedConsent() === null), []);
  if (!isOpen) {
    return (
      <button type="button" onClick={() => setOpen(true)}>
        Privacy choices
      </button>
    );
  }
  const choose = (advertising: boolean) => {
    pixel.consent({ advertising });
    setOpen(false);
  };
  return (
    <section aria-label="Privacy choices">
      <p>May we tell TikTok and Meta what you do here, so that our advertisements get better?</p>
      <button type="button" onClick={() => choose(false)}>
        No
      </button>{" "}
      <button type="button" onClick={() => choose(true)}>
        Yes
      </button>
    </section>
  );
}
