import type { Path } from "../shape.js";
import { invalid, jsonPath, type MetaRefusal, missing } from "./errors.js";

/** Limited data use, the same for both of Meta's APIs. */

const WHERE_IT_IS = 0;
const USA = 1;
const countries: readonly unknown[] = [WHERE_IT_IS, USA];
/** California to Rhode Island. One page of Meta's lists only the first and 0; the list of 14 is the newer. */
const states: readonly unknown[] = [WHERE_IT_IS, ...Array.from({ length: 14 }, (_, index) => 1000 + index)];

interface ProcessingOptions {
  readonly options: unknown;
  readonly country: unknown;
  readonly state: unknown;
}

interface ProcessingProblem {
  readonly key: string;
  /** What it has to be; absent when it is missing. */
  readonly takes?: string;
}

/** The parameter that is wrong; undefined when none is. What is absent comes as undefined. */
export function processingProblem(given: ProcessingOptions): ProcessingProblem | undefined {
  const { options, country, state } = given;
  const key = "data_processing_options";
  const known = options === undefined || (Array.isArray(options) && options.every((option) => option === "LDU"));
  if (!known) return { key, takes: '["LDU"] or []' };
  if (country !== undefined && !countries.includes(country)) return { key: `${key}_country`, takes: "0 or 1" };
  if (country !== undefined && state === undefined) return { key: `${key}_state` };
  if (state !== undefined && !states.includes(state)) return { key: `${key}_state`, takes: "0 or 1000 to 1013" };
  return undefined;
}

/** `path` leads to what has the parameter. */
export function processingRefusal({ key, takes }: ProcessingProblem, path: Path): MetaRefusal {
  const where = [...path, key];
  return takes === undefined ? missing(where) : invalid(`Param "${jsonPath(where)}" must be ${takes}`);
}

export function processingWarnings({ options, country, state }: ProcessingOptions): string[] {
  const isLimited = Array.isArray(options) && options.length > 0;
  const hasPlace = country !== undefined || state !== undefined;
  return hasPlace && !isLimited ? ["a country or state of data processing without data_processing_options"] : [];
}
