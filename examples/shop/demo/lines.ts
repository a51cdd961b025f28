import { styleText } from "node:util";
import type { ReceivedEvent } from "@beaconry/server/sandbox";

const columns = [8, 8, 19, 27, 13] as const;
const cell = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

/** The head of the list that {@link eventLine} fills. */
export function headLine(): string {
  const [vendor = 0, side = 0, , ,] = columns;
  const titles = [
    cell("vendor", vendor),
    cell("side", side),
    cell("endpoint", columns[2]),
    cell("event", columns[3]),
    cell("id", columns[4]),
  ];
  return styleText("bold", `${titles.join(" ")} outcome       match keys and flags`);
}

/** One event that reached an endpoint, in a line. */
export function eventLine({
  vendor,
  side,
  endpoint,
  name,
  id,
  outcome,
  matchKeys,
  flags,
  forwardedFor,
}: ReceivedEvent): string {
  const cells = [vendor, side, endpoint, name, id ?? "–"].map((text, index) => cell(text, columns[index] ?? 10));
  const colour = outcome === "counted" ? "green" : "yellow";
  const notes = [
    matchKeys.join(" ") || "no match keys",
    ...(flags
      ? [`advertiser_tracking=${flags.advertiserTracking} application_tracking=${flags.applicationTracking}`]
      : []),
    ...(forwardedFor ? [`X-Forwarded-For=${forwardedFor}`] : []),
  ];
  return `${cells.join(" ")} ${styleText(colour, cell(outcome, 13))} ${styleText("dim", notes.join(" · "))}`;
}
