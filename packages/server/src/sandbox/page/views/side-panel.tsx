import { useEffect, useRef, useState } from "preact/hooks";
import type { ActiveFault } from "../../faults/fault.js";
import { isNarrow } from "../narrow.js";
import { listFaults } from "../sandbox-client.js";
import { closePanel, isPanelOpen, type Panel, panel, selected, showPanel } from "../state.js";
import { EventDetail } from "./event-detail.js";
import { Faults } from "./faults.js";
import { Icon } from "./icons.js";
import { Overview } from "./overview.js";
import { RequestDetail } from "./request-detail.js";

/** How often the faults are asked for, ms: they are used up, and others set them too. */
const INTERVAL = 2_000;

const tabs: readonly (readonly [Panel, string])[] = [
  ["overview", "Overview"],
  ["event", "Event"],
  ["faults", "Faults"],
];

export function SidePanel() {
  const [faults, reload] = useFaults();
  const current = panel.value;
  const isOver = isNarrow.value && isPanelOpen.value;
  const wasOver = useRef(false);
  useEffect(() => {
    if (isOver !== wasOver.current) document.getElementById(isOver ? "panel-body" : "list")?.focus();
    wasOver.current = isOver;
  }, [isOver]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = tabs.findIndex(([name]) => name === current);
    const [next] = tabs[(index + step + tabs.length) % tabs.length] ?? tabs[0] ?? ["overview"];
    showPanel(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return (
    <aside class={isPanelOpen.value ? "panel open" : "panel"} aria-label="Details and figures">
      <div class="tabs">
        <div role="tablist" aria-label="Panel" onKeyDown={onKeyDown}>
          {tabs.map(([name, label]) => (
            <button
              key={name}
              id={`tab-${name}`}
              type="button"
              role="tab"
              aria-selected={name === current}
              aria-controls="panel-body"
              tabIndex={name === current ? 0 : -1}
              onClick={() => showPanel(name)}
            >
              {label}
              {name === "faults" && faults.length > 0 && <span class="count">{faults.length}</span>}
            </button>
          ))}
        </div>
        <button type="button" class="icon-button close" aria-label="Close the panel" onClick={closePanel}>
          <Icon name="close" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <div id="panel-body" class="panel-body" role="tabpanel" aria-labelledby={`tab-${current}`} tabIndex={0}>
        {current === "overview" && <Overview />}
        {current === "event" && <Selected />}
        {current === "faults" && <Faults faults={faults} reload={reload} />}
      </div>
    </aside>
  );
}

function Selected() {
  const row = selected.value;
  if (!row) return <p class="hint">Choose an event in the list: its copies, match keys and request are shown here.</p>;
  return row.kind === "event" ? <EventDetail key={row.order} row={row} /> : <RequestDetail key={row.order} row={row} />;
}

function useFaults(): readonly [readonly ActiveFault[], () => void] {
  const [faults, setFaults] = useState<readonly ActiveFault[]>([]);
  // What can not be read is told by the connection's state already.
  const load = () => void listFaults().then(setFaults, () => undefined);
  useEffect(() => {
    load();
    const timer = setInterval(() => !document.hidden && load(), INTERVAL);
    return () => clearInterval(timer);
  }, []);
  return [faults, load];
}
