import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { clock } from "../clock.js";
import { type Series, series } from "../model/timeline.js";
import { number } from "../model/words.js";
import { connection, isPaused, settled, timelines } from "../state.js";
import { isDark } from "../theme.js";

type Span = keyof typeof timelines;

const labels: Readonly<Record<Series, string>> = { browser: "Browser", server: "Server", refused: "Refused" };
const spans: readonly (readonly [Span, string, string])[] = [
  ["second", "per second", "3 minutes"],
  ["minute", "per minute", "3 hours"],
];
const HEIGHT = 84;

/** Events per second or minute, stacked by where they came from. */
export function TimelineChart() {
  const [span, setSpan] = useState<Span>("second");
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const [pointed, setPointed] = useState<number | null>(null);
  const dark = isDark();
  settled.value;
  const isLoading = connection.value === "loading";
  const read = timelines[span].read(clock());
  const last = read.times.length - 1;
  const shown = pointed ?? last - 1;

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new uPlot(options(element, setPointed), stack(timelines[span].read(clock())), element);
    chart.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [dark]);

  useEffect(() => {
    if (!isPaused.value && !isLoading) chart.current?.setData(stack(read));
  });

  const peak = Math.max(
    ...read.times.map((_, index) => series.reduce((sum, name) => sum + (read[name][index] ?? 0), 0)),
  );
  return (
    <section class="timeline" aria-label={`Arrivals per ${span}`}>
      <div class="timeline-head">
        <h2>Arrivals</h2>
        <ul class="legend">
          {series.map((name) => (
            <li key={name}>
              <span class={`swatch ${name}`} aria-hidden="true" />
              {labels[name]} <b>{number(read[name][shown] ?? 0)}</b>
            </li>
          ))}
        </ul>
        <fieldset class="segments">
          <legend class="hidden-text">Width of the bars</legend>
          {spans.map(([name, label, whole]) => (
            <label key={name} title={`The last ${whole}`}>
              <input type="radio" name="span" checked={span === name} onChange={() => setSpan(name)} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
      </div>
      <div
        ref={box}
        class="plot"
        role="img"
        aria-label={`Bar chart of arrivals in the last ${span === "second" ? "three minutes" : "three hours"}; at most ${number(peak)} per ${span}`}
      />
    </section>
  );
}

/** Each series on top of those before; the highest is drawn first. */
function stack(read: ReturnType<(typeof timelines)["second"]["read"]>): uPlot.AlignedData {
  const both = read.browser.map((count, index) => count + (read.server[index] ?? 0));
  const all = both.map((count, index) => count + (read.refused[index] ?? 0));
  return [read.times, all, both, read.browser];
}

function options(element: HTMLElement, onPoint: (index: number | null) => void): uPlot.Options {
  const colour = (name: string) => colourOf(element, name);
  const bars = uPlot.paths.bars?.({ size: [0.8, 12], align: 1 });
  const bar = (name: Series): uPlot.Series => ({
    label: labels[name],
    fill: colour(name),
    stroke: "transparent",
    width: 0,
    points: { show: false },
    ...(bars && { paths: bars }),
  });
  const axis: uPlot.Axis = {
    stroke: colour("muted"),
    grid: { stroke: colour("line"), width: 1 },
    ticks: { show: false },
    font: "11px sans-serif",
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [6, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 22, gap: 2, space: 70, values: hours },
      {
        ...axis,
        size: 34,
        gap: 4,
        space: 26,
        values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? number(tick) : "")),
      },
    ],
    series: [{}, bar("refused"), bar("server"), bar("browser")],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

/** None so near an edge that it would be cut off, or lie over the other axis. */
function hours(plot: uPlot, ticks: readonly number[]): string[] {
  const width = plot.bbox.width / devicePixelRatio;
  return ticks.map((tick) => {
    const place = plot.valToPos(tick, "x");
    if (place < 20 || place > width - 24) return "";
    const parts = tick % 60 === 0 ? ({ hour: "2-digit", minute: "2-digit" } as const) : {};
    return new Date(tick * 1000).toLocaleTimeString("en-GB", parts);
  });
}

/** The canvas takes no names of colours: what the style sheet makes of them is asked of an element. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = element.appendChild(document.createElement("i"));
  probe.className = `probe ${name}`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
