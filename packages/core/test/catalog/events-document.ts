import { type Goal, type StandardEvent, standardEvents } from "@beaconry/core";
import { code, fill, table } from "../document.js";

/** How `docs/events.md` names what a goal is for. */
const goalNames: Readonly<Record<Goal, string>> = {
  videoShopping: "Video Shopping Ads",
  value: "value",
  catalogue: "catalogue ads",
};

const codes = (names: readonly string[]) => names.map(code).join(", ");
const rows: readonly [string, StandardEvent][] = Object.entries(standardEvents);
/** The names of every standard event. */
export function namesTable(): string {
  return table(
    ["event", "what happened", "TikTok", "TikTok app", "Meta web", "Meta app", "objectives", "stage"],
    rows.map(([name, { meaning, tiktok, tiktokApp, meta, metaApp, objectives, stage }]) => [
      code(name),
      meaning,
      ...[tiktok, tiktokApp, meta, metaApp].map((theirs) => (theirs ? code(theirs) : "custom")),
      objectives.join(", ") || "–",
      stage ?? "–",
    ]),
  );
}

/** The properties that go with the standard events that have any. */
export function propertiesTable(): string {
  const body = rows.flatMap(([name, { required, recommended, goals }]) => {
    const cells = [
      codes(required),
      codes(recommended.tiktok ?? []),
      codes(recommended.meta ?? []),
      codes(recommended.metaApp ?? []),
      (Object.keys(goalNames) as Goal[]).flatMap((goal) => goalCell(goal, goals[goal])).join("; "),
    ];
    return cells.some(Boolean) ? [[code(name), ...cells.map((cell) => cell || "–")]] : [];
  });
  return table(["event", "required", "TikTok", "Meta web", "Meta app", "goals"], body);
}

function goalCell(goal: Goal, needs: StandardEvent["goals"][Goal]): string[] {
  if (!needs) return [];
  const each = needs.map((need) => (typeof need === "string" ? code(need) : need.map(code).join(" or ")));
  return [`${goalNames[goal]}: ${each.join(" and ")}`];
}

/** The document with today's tables between its markers. */
export function withTables(document: string): string {
  return fill(fill(document, "names", namesTable()), "properties", propertiesTable());
}
