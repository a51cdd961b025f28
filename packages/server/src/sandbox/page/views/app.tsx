import { changed, connection, rows } from "../state.js";
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
  return (
    <div class="page">
      <Header />
      <div class="summary">
        <Stats />
        <TimelineChart />
      </div>
      <main class="main">
        <section class="events" aria-label="Events">
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
