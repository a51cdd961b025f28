import { useEffect, useState } from "preact/hooks";
import { spoken } from "../state.js";
import { Icon } from "./icons.js";

const SHOWN = 1_500;

export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), SHOWN);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "string" ? text : text());
      setDone(true);
      spoken.value = "Copied";
    } catch {
      spoken.value = "The browser does not allow copying";
    }
  };
  return (
    <button type="button" class="icon-button small" aria-label={label} title={label} onClick={copy}>
      <Icon name={isDone ? "done" : "copy"} />
    </button>
  );
}
