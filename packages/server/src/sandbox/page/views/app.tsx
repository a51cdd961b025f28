import { isNarrow } from "../narrow.js";
import { changed, connection, isPanelOpen, rows } from "../state.js";
import { Empty } from "./empty.js";
import { EventList } from "./event-list.js";
import { Filters } from "./filters.js";
import { Header } from "./header.js";
import { Help } from "./help.js";
import { LiveRegion } from "./live-region.js";
import { SidePanel } from "./side-panel.js";
import { Stats } from "./stats.js";
import { TimelineChart } from "./timeline-chart.js";

export function App() {
  // What lies behind the panel is not to be reached.
  const isBehind = isNarrow.value && isPanelOpen.value;
  return (
    <div class="page">
      <Header isBehind={isBehind} />
      <div class="summary" inert={isBehind}>
        <Stats />
        <TimelineChart />
      </div>
      <main class="main">
        <section class="events" aria-label="Events" inert={isBehind}>
          <Filters />
          <Events />
        </section>
        <SidePanel />
      </main>
      <Help />
      <LiveRegion />
    </div>
  );
}

function Events() {
  changed.value;
  const isWaiting = connection.value === "live" && rows.all.length === 0;
  return isWaiting ? <Empty /> : <EventList />;
}
