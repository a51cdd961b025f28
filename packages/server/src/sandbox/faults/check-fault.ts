import { validateHeaderName, validateHeaderValue } from "node:http";
import { checkOptions, numberFrom, oneOf, type Rule, required, wholeFrom } from "@beaconry/core/internal";
import { isObject } from "../json.js";
import { businessPaths } from "../tiktok-business/paths.js";
import type { Fault, FaultKind, FaultOf, FaultScope } from "./fault.js";
import { endpointsFor, faultKinds, metaLimitCodes, tikTokLimitCodes } from "./kinds.js";

const OWNER = "faults.add";
/** Ten minutes: longer than any client waits. */
const LONGEST = 600_000;

const milliseconds = numberFrom(0, LONGEST);
const anything: Rule = { takes: "anything", fits: () => true };
const body: Rule = { takes: "a text, or what can be written as JSON", fits: isJson };
const limitCodes: readonly unknown[] = [...tikTokLimitCodes, ...metaLimitCodes, 429];

const status = (least: number): Rule => ({
  takes: `a whole number from ${least} to 599`,
  fits: (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= 599,
});

const delay: Rule = {
  takes: `a number from 0 to ${LONGEST}, or a list of the least and the most`,
  fits: (value) => {
    if (!Array.isArray(value)) return milliseconds.fits(value);
    const [least, most] = value as unknown[];
    return value.length === 2 && value.every(milliseconds.fits) && Number(least) <= Number(most);
  },
};

const headers: Rule = {
  takes: "an object of header names and texts",
  fits: (value) => isObject(value) && Object.entries(value).every(isHeader),
};

function isHeader([name, value]: [string, unknown]): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value as string);
    return typeof value === "string";
  } catch {
    return false;
  }
}

function isJson(value: unknown): boolean {
  try {
    return JSON.stringify(value) !== undefined;
  } catch {
    return false;
  }
}

const when = oneOf("before", "after");

const noPath: Rule = { takes: "none where TikTok's Business API does not answer so", fits: () => false };

const scope = {
  endpoint: anything,
  path: oneOf(...businessPaths),
  count: wholeFrom(1),
  probability: numberFrom(0, 1),
} satisfies Record<keyof FaultScope, Rule>;

const ofKind: { readonly [Kind in FaultKind]: Record<Exclude<keyof FaultOf<Kind>, keyof FaultScope | "kind">, Rule> } =
  {
    latency: { delay: required(delay) },
    rateLimit: { code: { takes: limitCodes.join(" or "), fits: (value) => limitCodes.includes(value) } },
    serverError: { status: status(500), when },
    html: { status: status(200), when },
    cut: { when },
    slowBody: { duration: milliseconds },
    expiredToken: {},
    partialSuccess: {},
    answer: { status: status(200), headers, body, when },
  };

const kinds: Rule = required(oneOf(...Object.keys(faultKinds)));

/** Throws `invalid_option`, naming the field, unless the value is a fault. */
export function checkFault(value: unknown): asserts value is Fault {
  // The kind first: it says which other fields there may be.
  checkOptions(OWNER, isObject(value) ? { kind: value.kind } : value, { kind: kinds });
  const { kind, code, path } = value as FaultOf<"rateLimit">;
  const rules = { kind: kinds, ...scope, ...ofKind[kind] };
  const paths = endpointsFor({ kind, code }).includes("tiktok.business") ? scope.path : noPath;
  checkOptions(OWNER, value, { ...rules, path: paths, endpoint: oneOf(...endpointsFor({ kind, code, path })) });
}
