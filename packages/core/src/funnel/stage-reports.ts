import type { FunnelStage } from "../catalog/standard-events.js";
import { type Journey, type Span, stageSpans } from "./journey.js";
import { computeMetric, type FunnelFigures, type MetricName } from "./metrics.js";
import { funnelStages, stageOrder } from "./stages.js";
import { summarizeTimes, type TimeBetween } from "./time-between.js";

/** How a stage went. */
export interface StageReport {
  /** People seen in it within the window. Of `awareness`, which no event shows, the reach where it is given. */
  readonly people: number;
  /** Of them, those for whom it was the first stage in which they were seen. */
  readonly entered: number;
  /** Of them, those who were seen in a later stage afterwards. */
  readonly continued: number;
  /** The share of them, from 0 to 1, who were not; absent without people, for `awareness` and for the last stage. */
  readonly dropOff?: number;
  /** People seen in a later stage and never in this one: they skipped it. Not told of `awareness`. */
  readonly skipped: number;
  /** What is known of the stage's metrics. */
  readonly metrics: { readonly [Name in MetricName]?: number };
}

/** People who came from one stage to another: the next later one in which they were seen for the first time. */
export interface Transition extends TimeBetween {
  readonly from: FunnelStage;
  readonly to: FunnelStage;
  readonly people: number;
}

/** The stages of these people, and the ways between them in the order of the stages. */
export function reportStages(
  journeys: readonly Journey[],
  figures: FunnelFigures,
): { stages: Record<FunnelStage, StageReport>; transitions: Transition[] } {
  const counts = stageOrder.map(() => ({ people: 0, entered: 0, continued: 0, skipped: 0 }));
  const times = stageOrder.map(() => stageOrder.map((): number[] => []));
  for (const journey of journeys) {
    const spans = stageSpans(journey);
    const seen = stageOrder.map((stage) => spans[stage]);
    const entry = entryOf(seen);
    for (const [index, count] of counts.entries()) {
      const span = seen[index];
      const later = seen.slice(index + 1);
      if (!span) {
        if (later.some(Boolean)) count.skipped++;
        continue;
      }
      count.people++;
      if (index === entry) count.entered++;
      if (later.some((other) => other && other.last >= span.first)) count.continued++;
      const next = entryOf(
        seen.map((other, at) => (at > index && other && other.first >= span.first ? other : undefined)),
      );
      if (next >= 0) times[index]?.[next]?.push((seen[next] as Span).first - span.first);
    }
  }
  const stages = Object.fromEntries(
    stageOrder.map((stage, index) => [stage, stageReport(stage, counts[index] as (typeof counts)[number], figures)]),
  ) as Record<FunnelStage, StageReport>;
  const transitions = stageOrder.flatMap((from, index) =>
    stageOrder.flatMap((to, at) => {
      const durations = times[index]?.[at] ?? [];
      return durations.length === 0 ? [] : [{ from, to, people: durations.length, ...summarizeTimes(durations) }];
    }),
  );
  return { stages, transitions };
}

/** The place of the stage that was seen first; -1 for none. Of two at the same time the earlier stage. */
function entryOf(seen: readonly (Span | undefined)[]): number {
  let entry = -1;
  for (const [index, span] of seen.entries()) {
    if (span && (entry < 0 || span.first < (seen[entry] as Span).first)) entry = index;
  }
  return entry;
}

function stageReport(
  stage: FunnelStage,
  count: Pick<StageReport, "people" | "entered" | "continued" | "skipped">,
  figures: FunnelFigures,
): StageReport {
  const metrics: Partial<Record<MetricName, number>> = {};
  for (const name of funnelStages[stage].metrics) {
    const value = computeMetric(name, figures);
    if (value !== undefined) metrics[name] = value;
  }
  if (stage === "awareness") return { people: figures.reach ?? 0, entered: 0, continued: 0, skipped: 0, metrics };
  const isLast = stage === stageOrder.at(-1);
  const dropOff = count.people === 0 || isLast ? undefined : 1 - count.continued / count.people;
  return { ...count, ...(dropOff !== undefined && { dropOff }), metrics };
}
