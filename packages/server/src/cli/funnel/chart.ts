import { type FunnelReport, stageOrder } from "@beaconry/core/funnel";
import { stageNames } from "../../stage-names.js";
import { tableLines } from "../table.js";
import type { Terminal } from "../terminal.js";
import { count, days, duration, money, percent } from "./words.js";

const width = 30;

/** The report for a terminal. */
export function chartLines(report: FunnelReport, style: Terminal["style"]): string[] {
  const { stages, transitions, buyers } = report;
  const most = Math.max(1, ...stageOrder.map((stage) => stages[stage].people));
  // No event shows awareness: it is there when its reach is known.
  const shown = stageOrder.filter((stage) => stage !== "awareness" || stages.awareness.people > 0);
  const rows = shown.map((stage) => {
    const { people, entered, dropOff, skipped } = stages[stage];
    const length = people === 0 ? 0 : Math.max(1, Math.round((people / most) * width));
    return [
      stageNames[stage],
      "█".repeat(length).padEnd(width),
      count(people),
      count(entered),
      percent(dropOff),
      count(skipped),
    ];
  });
  const right = true as const;
  const columns = [
    { title: "stage" },
    { title: "" },
    { title: "people", right },
    { title: "entered here", right },
    { title: "left", right },
    { title: "skipped it", right },
  ];
  const [titles = "", ...bars] = tableLines(columns, rows);
  const ways = tableLines(
    [
      { title: "from" },
      { title: "to" },
      { title: "people", right },
      { title: "median", right },
      { title: "9 of 10 within", right },
    ],
    transitions.map(({ from, to, people, median, p90 }) => [
      stageNames[from],
      stageNames[to],
      count(people),
      duration(median),
      duration(p90),
    ]),
  );
  const facts: [string, string][] = [
    ["Orders", count(report.orders)],
    ["Revenue", money(report.revenue)],
    ["An order is worth", money(report.orderValue)],
    ["New buyers", `${count(buyers.new.people)}, ${money(buyers.new.revenue)}`],
    ["Returning buyers", `${count(buyers.returning.people)}, ${money(buyers.returning.revenue)}`],
    ...(report.roas === undefined ? [] : [["Return on ad spend", report.roas.toFixed(2)] as [string, string]]),
  ];
  return [
    style("bold", `Funnel, ${days(report)}`),
    `${count(report.people)} people, ${count(report.events)} events`,
    "",
    style("dim", titles),
    ...bars,
    ...(transitions.length > 0 ? ["", style("dim", ways[0] ?? ""), ...ways.slice(1)] : []),
    "",
    ...facts.map(([name, value]) => `${name.padEnd(19)}${value}`),
  ];
}
