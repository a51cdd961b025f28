import type { EventContext } from "./context.js";
import { type Issue, warningIssue } from "./issue.js";

/** A page is known by its whole address: the domain in it is the one that was verified. */
export function checkPage({ page }: EventContext): readonly Issue[] {
  if (!page?.url || /^https?:\/\/[^\s/]/i.test(page.url)) return [];
  const message = "context.page.url is not the whole address of a page, with https:// and its host";
  return [warningIssue("wrong_value", "context.page.url", message)];
}
