import type { EventContext } from "./context.js";
import { type Issue, warningIssue } from "./issue.js";

const part = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const fourParts = /* @__PURE__ */ new RegExp(`^${part}(?:\\.${part}){3}$`);

/** One IPv4 or IPv6 address by itself: no port, brackets, zone or list, as both vendors take it. */
export function isAddress(text: unknown): text is string {
  if (typeof text !== "string" || text.length > 45) return false;
  if (fourParts.test(text)) return true;
  // An IPv4 address at the end stands for two groups.
  const halves = text.replace(/[^:]*\.[^:]*$/, (end) => (fourParts.test(end) ? "0:0" : ".")).split("::");
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (halves.length > 2 || !groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length < 8 : groups.length === 8;
}

/** What is no address is left out: often it is the whole list of `X-Forwarded-For`. The message does not repeat it. */
export function checkAddress({ ip }: EventContext): readonly Issue[] {
  if (!ip || isAddress(ip)) return [];
  return [warningIssue("wrong_value", "context.ip", "context.ip is not one IPv4 or IPv6 address; left out")];
}
