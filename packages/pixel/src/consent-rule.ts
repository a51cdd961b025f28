import type { Consent } from "@beaconry/core";
import { anyNumber, findProblem, group, type Problem, type Rule, required, yesOrNo } from "@beaconry/core/internal";

const region = group({ country: required(anyNumber), state: required(anyNumber) });

/** What a `Consent` has to be. */
export const consentRules = {
  advertising: yesOrNo,
  advertiserTracking: yesOrNo,
  applicationTracking: yesOrNo,
  limitedDataUse: {
    takes: "true, false or { country, state }",
    fits: (value) => typeof value === "boolean" || !findProblem(value, region, ""),
  },
} as const satisfies Record<keyof Consent, Rule>;

/**
 * The parts of a value that are consent. One bad member does not spoil the others: a refusal must count whatever
 * comes with it. Members that are `undefined` say nothing.
 */
export function readConsent(value: unknown, onProblem: (problem: Problem) => void = () => {}): Consent {
  const whole = findProblem(value, { ...group(consentRules), members: undefined, required: true }, "consent");
  if (whole) onProblem(whole);
  if (whole || !value) return {};
  const good = Object.entries(value).filter(([name, member]) => {
    const problem = findProblem({ [name]: member }, group(consentRules), "consent");
    if (problem) onProblem(problem);
    return !problem && member !== undefined;
  });
  return Object.fromEntries(good);
}
