import { useState } from "react";
import { pixel } from "./pixel.ts";

/** Asks once, and again when asked to: `localStorage` has the choice, which the pixel keeps there. */
export function ConsentBanner() {
  const [isOpen, setOpen] = useState(() => !isAnswered());
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
      May we tell TikTok and Meta what you do here, so that our advertisements get better?
      <div>
        <button type="button" onClick={() => choose(false)}>
          No
        </button>{" "}
        <button type="button" onClick={() => choose(true)}>
          Yes
        </button>
      </div>
    </section>
  );
}

function isAnswered(): boolean {
  try {
    return localStorage.getItem("beaconry.consent") !== null;
  } catch {
    return false; // storage is denied
  }
}
