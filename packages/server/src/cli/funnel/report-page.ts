import {
  type FunnelReport,
  type FunnelStage,
  funnelMetrics,
  funnelStages,
  type MetricName,
  stageOrder,
} from "@beaconry/core/funnel";
import { stageNames } from "../../stage-names.js";
import { count, days, duration, money, percent } from "./words.js";

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** A column of texts, or of numbers, which stand at its right. */
interface Column {
  readonly title: string;
  readonly isNumber?: true;
}

const texts = (...titles: readonly string[]): Column[] => titles.map((title) => ({ title }));
const numbers = (...titles: readonly string[]): Column[] => titles.map((title) => ({ title, isNumber: true }));

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cell = (tag: string, text: string, index: number) =>
    `<${tag}${columns[index]?.isNumber ? ' class="number"' : ""}>${escapeHtml(text)}</${tag.split(" ")[0]}>`;
  const head = columns.map(({ title }, index) => cell('th scope="col"', title, index)).join("");
  const body = rows.map((row) =>
    row.map((text, index) => (index === 0 ? cell('th scope="row"', text, index) : cell("td", text, index))).join(""),
  );
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.map((cells) => `<tr>${cells}</tr>`).join("")}</tbody></table>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1b2430; --dim: #5a6675; --line: #dde3ea; --bar: #2f6fde; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf2; --dim: #9aa7b8; --line: #2c3644; --bar: #6ea0f5; --paper: #12181f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1rem 4rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2.5rem 0 .75rem; font-size: 1.1rem; } p { margin: .25rem 0; color: var(--dim); }
.stage { display: grid; grid-template-columns: 9rem 1fr 7rem; gap: .75rem; align-items: center; margin: .35rem 0; }
.stage svg { width: 100%; height: 1.75rem; } .stage rect { fill: var(--bar); } .stage b { text-align: right; font-variant-numeric: tabular-nums; }
.left { grid-column: 2; margin: -.2rem 0 .2rem; font-size: .85rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; margin: 0; }
.facts div { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
dt { color: var(--dim); font-size: .85rem; } dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { padding: .45rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; } thead th { color: var(--dim); font-weight: 500; } tbody th { font-weight: 500; white-space: nowrap; }
@media (max-width: 34rem) { .stage { grid-template-columns: 1fr auto; } .stage svg { grid-column: 1 / -1; grid-row: 2; } .left { grid-column: 1 / -1; } }
`;

/** The report as one page that needs nothing else: no script, no other file. */
export function reportPage(report: FunnelReport): string {
  const { stages, transitions, buyers } = report;
  const most = Math.max(1, ...stageOrder.map((stage) => stages[stage].people));
  const shown = stageOrder.filter((stage) => stage !== "awareness" || stages.awareness.people > 0);
  const bars = shown.map((stage) => {
    const { people, dropOff } = stages[stage];
    const left = dropOff === undefined ? "" : `<p class="left">${percent(dropOff)} went no further</p>`;
    return `<div class="stage"><span>${stageNames[stage]}</span><svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 100 10"><rect width="${((people / most) * 100).toFixed(2)}" height="10" rx="1"/></svg><b>${count(people)}</b>${left}</div>`;
  });
  const facts: [string, string][] = [
    ["People", count(report.people)],
    ["Orders", count(report.orders)],
    ["Revenue", money(report.revenue)],
    ["An order is worth", money(report.orderValue)],
    ["New buyers", count(buyers.new.people)],
    ["Returning buyers", count(buyers.returning.people)],
    ...(report.roas === undefined ? [] : [["Return on ad spend", report.roas.toFixed(2)] as [string, string]]),
  ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Funnel, ${days(report)}</title><style>${style}</style></head>
<body>
<h1>Funnel</h1>
<p>${days(report)}, ${count(report.events)} events</p>
<h2>People in each stage</h2>
${bars.join("\n")}
<h2>What it brought</h2>
<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`).join("")}</dl>
<h2>Stage by stage</h2>
<div class="wide">${table(
    [...texts("Stage"), ...numbers("People", "Entered here", "Went on", "Left", "Skipped it")],
    shown.map((stage) => {
      const { people, entered, continued, dropOff, skipped } = stages[stage];
      // Of awareness only the reach is known.
      if (stage === "awareness") return [stageNames[stage], count(people), "–", "–", "–", "–"];
      return [stageNames[stage], count(people), count(entered), count(continued), percent(dropOff), count(skipped)];
    }),
  )}</div>
${
  transitions.length === 0
    ? ""
    : `<h2>From one stage to the next</h2><div class="wide">${table(
        [...texts("From", "To"), ...numbers("People", "Half within", "9 of 10 within")],
        transitions.map(({ from, to, people, median, p90 }) => [
          stageNames[from],
          stageNames[to],
          count(people),
          duration(median),
          duration(p90),
        ]),
      )}</div>`
}
<h2>Metrics</h2>
<div class="wide">${table(
    [...texts("Metric", "Stage"), ...numbers("Value"), ...texts("What it says")],
    shown.flatMap((stage) => metricRows(report, stage)),
  )}</div>
<h2>What to do next</h2>
<div class="wide">${table(
    texts("Stage", "Next step"),
    shown.map((stage) => [stageNames[stage], funnelStages[stage].nextStep]),
  )}</div>
</body></html>
`;
}

function metricRows({ stages }: FunnelReport, stage: FunnelStage): string[][] {
  return Object.entries(stages[stage].metrics).map(([name, value]) => [
    name,
    stageNames[stage],
    value.toLocaleString("en-US", { maximumFractionDigits: 3 }),
    funnelMetrics[name as MetricName].meaning,
  ]);
}
