import type { FunctionComponent } from "preact";
import { isNarrow } from "../narrow.js";
import { changed, connection, isPanelOpen, rows } from "../state.js";
import { type View, view } from "../view.js";
import { AccountsView } from "./accounts-view.js";
import { AudiencesView } from "./audiences-view.js";
import { Empty } from "./empty.js";
import { EventList } from "./event-list.js";
import { Filters } from "./filters.js";
import { Header } from "./header.js";
import { Help } from "./help.js";
import { LeadsView } from "./leads-view.js";
import { LiveRegion } from "./live-region.js";
import { SidePanel } from "./side-panel.js";
import { Stats } from "./stats.js";
import { TimelineChart } from "./timeline-chart.js";

const shown: Readonly<Record<View, FunctionComponent>> = {
  events: EventsView,
  accounts: AccountsView,
  audiences: AudiencesView,
  leads: LeadsView,
};

export function App() {
  const Shown = shown[view.value];
  return (
    <div class="page">
      <Header isBehind={isBehind()} />
      <Shown />
      <Help />
      <LiveRegion />
    </div>
  );
}

/** What lies behind the panel is not to be reached. */
const isBehind = () => view.value === "events" && isNarrow.value && isPanelOpen.value;

function EventsView() {
  return (
    <div class="events-view">
      <div class="summary" inert={isBehind()}>
        <Stats />
        <TimelineChart />
      </div>
      <main class="main">
        <section class="events" aria-label="Events" inert={isBehind()}>
          <Filters />
          <Events />
        </section>
        <SidePanel />
      </main>
    </div>
  );
}

function Events() {
  changed.value;
  const isWaiting = connection.value === "live" && rows.all.length === 0;
  return isWaiting ? <Empty /> : <EventList />;
}
