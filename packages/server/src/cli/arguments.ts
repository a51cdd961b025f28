import { InvalidArgumentError } from "commander";

/** A whole number within bounds. */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const accepted = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Accepted is a whole number ${accepted}.`);
  };
}

/** A moment, ms: ISO 8601, or milliseconds since 1970. */
export function moment(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(new Date(time).getTime())) {
    throw new InvalidArgumentError("Accepted is an ISO 8601 date or milliseconds since 1970.");
  }
  return time;
}

/** An address of a sandbox, without a slash at its end. */
export function address(text: string): string {
  if (!/^https?:\/\/[^/?#@]+\/?$/.test(text) || !URL.canParse(text)) {
    throw new InvalidArgumentError("Accepted is an address such as http://127.0.0.1:4010.");
  }
  return text.replace(/\/$/, "");
}

/** For options that may be given several times. */
export function several(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
