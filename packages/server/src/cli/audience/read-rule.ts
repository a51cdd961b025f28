import type { AudienceRule, EventCondition } from "@beaconry/core/funnel";
import { checkAudienceRule } from "@beaconry/core/funnel";
import { errorOf, usageError } from "../exit-codes.js";
import { readText } from "../input.js";

const longestRule = 1024 * 1024;

/** Options that say who is meant. */
export interface RuleOptions {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rule?: string;
}

/** The rule of the options. Throws a usage error that names the one that is wrong. */
export async function readRule({ include, exclude, rule: path }: RuleOptions): Promise<AudienceRule> {
  if (path === undefined) {
    if (include.length === 0) throw usageError("--include or --rule is missing: who of the journal is meant");
    return {
      include: include.map((text) => readCondition("--include", text)),
      exclude: exclude.map((text) => readCondition("--exclude", text)),
    };
  }
  if (include.length + exclude.length > 0) throw usageError("--rule takes the place of --include and --exclude");
  try {
    const rule = JSON.parse(await readText(path, longestRule));
    checkAudienceRule(rule);
    return rule;
  } catch (error) {
    if (error instanceof SyntaxError) throw usageError(`--rule: ${path} is no JSON`);
    throw errorOf("--rule", error);
  }
}

/** `AddToCart:14d`. */
function readCondition(option: string, text: string): EventCondition {
  const [, event, days] = /^(.+):(\d{1,5})d$/.exec(text) ?? [];
  if (!event)
    throw usageError(`${option} ${text} is no condition, accepted is an event and days, such as AddToCart:14d`);
  return { event, withinDays: Number(days) };
}
