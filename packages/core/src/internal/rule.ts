import { BeaconryError } from "../error.js";

/** What a value has to be. */
export interface Rule {
  /** In words, for the message. */
  readonly takes: string;
  readonly fits: (value: unknown) => boolean;
  readonly required?: true;
  /** The members of an object; others are refused. */
  readonly members?: Readonly<Record<string, Rule>>;
}

/** What breaks a rule, and where. */
export interface Problem {
  readonly path: string;
  /** Names the kind of the value, never the value. */
  readonly message: string;
}

/** The first thing about a value that breaks its rule. A value that is `undefined` breaks only a required one. */
export function findProblem(value: unknown, rule: Rule, path: string): Problem | undefined {
  const problem = (at: string, is: string, takes: string) => ({
    path: at,
    message: `${at} is ${is}, accepted is ${takes}`,
  });
  if (value === undefined) return rule.required && problem(path, "missing", rule.takes);
  if (!rule.fits(value)) return problem(path, kindOf(value), rule.takes);
  const { members } = rule;
  if (!members) return undefined;
  const below = (name: string) => (path === "options" ? name : `${path}.${name}`);
  const stranger = Object.keys(value as object).find((name) => !Object.hasOwn(members, name));
  if (stranger !== undefined) return problem(below(stranger), "unknown", Object.keys(members).join(", "));
  for (const [name, member] of Object.entries(members)) {
    const found = findProblem((value as Record<string, unknown>)[name], member, below(name));
    if (found) return found;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (value === "") return "an empty text";
  const kind = { string: "text", object: "object" }[typeof value as string] ?? typeof value;
  return `${kind === "object" ? "an" : "a"} ${kind}${kind === "text" || kind === "number" ? " that does not fit" : ""}`;
}

/** The same rule, for a value that must be there. */
export const required = (rule: Rule): Rule => ({ ...rule, required: true });

/** An object of these members and no others. */
export const group = (members: Readonly<Record<string, Rule>>): Rule => ({
  takes: "an object",
  fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  members,
});

/** One of these values. */
export const oneOf = (...values: (string | boolean)[]): Rule => ({
  takes: values.join(" or "),
  fits: (value) => values.includes(value as string),
});

/** A text that matches. */
export const textLike = (pattern: RegExp, takes: string): Rule => ({
  takes,
  fits: (value) => typeof value === "string" && pattern.test(value),
});

/** A number of this range. */
export const numberFrom = (least: number, most: number, takes = `a number from ${least} to ${most}`): Rule => ({
  takes,
  fits: (value) => typeof value === "number" && value >= least && value <= most,
});

/** A whole number from `least`. */
export const wholeFrom = (least: number): Rule => ({
  takes: `a whole number from ${least}`,
  fits: (value) => Number.isSafeInteger(value) && (value as number) >= least,
});

/** Any text, the empty one too. */
export const anyText: Rule = /* @__PURE__ */ textLike(/^/, "a text");
/** A boolean. */
export const yesOrNo: Rule = { takes: "true or false", fits: (value) => typeof value === "boolean" };
/** A text with something in it. */
export const someText: Rule = /* @__PURE__ */ textLike(/\S/, "a text that is not empty");
/** A function, whatever it takes. */
export const aFunction: Rule = { takes: "a function", fits: (value) => typeof value === "function" };

/** A list of which each member fits. */
export const listOf = (rule: Rule, takes: string): Rule => ({
  takes,
  fits: (value) => Array.isArray(value) && value.every((member) => !findProblem(member, required(rule), "")),
});

/** What fits any of these rules. */
export const anyOf = (takes: string, ...rules: Rule[]): Rule => ({
  takes,
  fits: (value) => rules.some(({ fits }) => fits(value)),
});

/** An object that has these methods, such as an outbox of one's own. */
export const withMethods = (takes: string, ...methods: string[]): Rule => ({
  takes,
  fits: (value) =>
    typeof value === "object" &&
    value !== null &&
    methods.every((method) => typeof (value as Record<string, unknown>)[method] === "function"),
});

/**
 * Throws `invalid_option` for the first option that is missing, unknown or of a wrong kind. The message names the
 * option, the kind that came and what is accepted, never the value: it may be a token.
 * @param owner the function whose options they are
 */
export function checkOptions(owner: string, options: unknown, rules: Readonly<Record<string, Rule>>): void {
  const problem = findProblem(options, required(group(rules)), "options");
  if (problem) throw new BeaconryError("invalid_option", `${owner}: ${problem.message}`);
}
