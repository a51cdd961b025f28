import { useState } from "preact/hooks";
import { audiences, leads } from "../business.js";
import { setPaused } from "../feed-client.js";
import { count, number } from "../model/words.js";
import { reset } from "../sandbox-client.js";
import { isHelpOpen } from "../shortcuts.js";
import { changed, connection, held, isPaused, progress, rows, spoken } from "../state.js";
import { isDark, nextTheme } from "../theme.js";
import { type View, view, viewLabels, views } from "../view.js";
import { CopyButton } from "./copy-button.js";
import { Icon } from "./icons.js";

export function Header({ isBehind }: { readonly isBehind: boolean }) {
  return (
    <header class="header" inert={isBehind}>
      <h1 class="brand">
        <img src="/_sandbox/page/icon.svg" alt="" width="24" height="24" />
        <span>
          Beaconry <span class="brand-more">sandbox</span>
        </span>
      </h1>
      <Views />
      <div class="address">
        <code>{location.origin}</code>
        <CopyButton text={location.origin} label="Copy the sandbox's address" />
      </div>
      <Status />
      <div class="actions">
        <PauseButton />
        <ClearButton />
        <ExportMenu />
        <button
          type="button"
          class="icon-button"
          onClick={nextTheme}
          aria-label={isDark() ? "Light colours" : "Dark colours"}
        >
          <Icon name={isDark() ? "sun" : "moon"} />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Help and shortcuts"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

/** The views, as places in this page: they can be linked to, and gone back from. */
function Views() {
  const amounts: Readonly<Partial<Record<View, number>>> = {
    audiences: audiences.value?.length ?? 0,
    leads: leads.value?.total ?? 0,
  };
  return (
    <nav class="views" aria-label="Views">
      {views.map((name) => (
        <a key={name} href={`#${name}`} aria-current={view.value === name ? "page" : undefined}>
          {viewLabels[name]}
          {amounts[name] ? <span class="amount">{number(amounts[name])}</span> : null}
        </a>
      ))}
    </nav>
  );
}

function Status() {
  const [kind, text] = status();
  return (
    <p class={`status ${kind}`}>
      <span class="dot" aria-hidden="true" />
      {text}
    </p>
  );
}

function status(): readonly [kind: string, text: string] {
  if (connection.value === "reconnecting") return ["lost", "Reconnecting…"];
  if (isPaused.value) return ["paused", `Paused · ${count(held.value, "new event")} held`];
  if (connection.value === "connecting") return ["loading", "Connecting…"];
  if (connection.value === "live") return ["live", "Live"];
  const { done, total } = progress.value;
  return ["loading", `Loading ${Math.floor((done / Math.max(1, total)) * 100)} %`];
}

function PauseButton() {
  return (
    <button type="button" class="button" aria-pressed={isPaused.value} onClick={() => setPaused(!isPaused.value)}>
      <Icon name={isPaused.value ? "play" : "pause"} />
      <span class="wide-only">{isPaused.value ? "Go on" : "Pause"}</span>
      <span class="narrow-only hidden-text">{isPaused.value ? "Go on" : "Pause"}</span>
    </button>
  );
}

function ClearButton() {
  changed.value;
  const clear = async () => {
    const before = rows.all.length;
    try {
      await reset();
      if (isPaused.value) setPaused(false);
      spoken.value = `Cleared ${count(before, "event")} and every fault`;
    } catch (error) {
      spoken.value = `Not cleared: ${String(error)}`;
    }
  };
  return (
    <button type="button" class="button" title="Forgets every event, request, audience, lead and fault" onClick={clear}>
      <Icon name="trash" />
      <span class="wide-only">Clear</span>
      <span class="narrow-only hidden-text">Clear</span>
    </button>
  );
}

const exports = [
  ["/_sandbox/export.ndjson", "Events as NDJSON", "One event a line, with payload and marks"],
  ["/_sandbox/export.har", "Requests as HAR 1.2", "For browsers' network panels and other tools"],
] as const;

function ExportMenu() {
  const [isOpen, setOpen] = useState(false);
  return (
    <details
      class="menu"
      open={isOpen}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !isOpen) return;
        event.preventDefault();
        setOpen(false);
        event.currentTarget.querySelector("summary")?.focus();
      }}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOpen(false);
      }}
    >
      <summary class="button">
        <Icon name="download" />
        <span class="wide-only">Export</span>
        <span class="narrow-only hidden-text">Export</span>
      </summary>
      <div class="menu-items">
        {exports.map(([href, label, meaning]) => (
          <a key={href} href={href} download onClick={() => setOpen(false)}>
            {label}
            <small>{meaning}</small>
          </a>
        ))}
      </div>
    </details>
  );
}
