import type { TrackedEvent } from "./event.js";
import { errorIssue, type Issue, warningIssue } from "./issue.js";
import { appEventLimits, checkFuture, maxEventAge } from "./limits.js";
import type { AppEventParameters } from "./meta/app-event-parameters.js";
import { acceptedAppEventName, appEventName, toAppEvents } from "./meta/app-events.js";
import { toConversion } from "./meta/conversion.js";
import { toTikTokEvent } from "./tiktok/event.js";
import type { HashOptions } from "./user/hash-user-data.js";
import type { Vendor } from "./vendor.js";

/** Options of {@link checkEvent}. */
export interface CheckOptions extends HashOptions {
  /** The time by which the event's age is judged, ms; without it, age is not checked. */
  now?: number;
  /** Whether an app event goes to Meta by `appEvents` (the default) or by `conversions`. */
  appsBy?: "appEvents" | "conversions";
}

/** What {@link checkEvent} finds. */
export interface EventCheck {
  /** For these the vendor would refuse the event, and Meta the whole request. */
  readonly errors: readonly Issue[];
  /** These weaken matching or reporting. */
  readonly warnings: readonly Issue[];
}

/**
 * Everything that a vendor would refuse or count for less in this event, found here instead of there. Pure, and the
 * same checks that sending makes.
 */
export function checkEvent(event: TrackedEvent, vendor: Vendor, options: CheckOptions = {}): EventCheck {
  const issues = [...issuesAt(event, vendor, options), ...checkAge(event, vendor, options.now)];
  return {
    errors: issues.filter(({ severity }) => severity === "error"),
    warnings: issues.filter(({ severity }) => severity === "warning"),
  };
}

function issuesAt(event: TrackedEvent, vendor: Vendor, { appsBy, ...options }: CheckOptions): readonly Issue[] {
  if (vendor === "tiktok") return toTikTokEvent(event, options).issues;
  if (event.context.source !== "app" || appsBy === "conversions") return toConversion(event, options).issues;
  const { body, issues } = toAppEvents(event, options);
  return [...issues, ...checkAppEventLimits(body?.customEvent ?? {})];
}

function checkAge({ context, time }: TrackedEvent, vendor: Vendor, now: number | undefined): readonly Issue[] {
  // One that is no time is reported already.
  if (now === undefined || !Number.isFinite(time)) return [];
  const most = maxEventAge(vendor, context.source);
  if (now - time <= most) return checkFuture(time, now);
  return [errorIssue("too_old", "time", `time is longer ago than the ${most / 86_400_000} days that ${vendor} takes`)];
}

function checkAppEventLimits(parameters: AppEventParameters): readonly Issue[] {
  const names = Object.keys(parameters);
  const { parameters: most, characters } = appEventLimits;
  const tooLong = names.filter(
    (name) => String(parameters[name]).length > characters && !name.startsWith("fb_content"),
  );
  const issues = tooLong.map((name) =>
    warningIssue(
      "too_many",
      `properties.${name}`,
      `${name} is longer than the ${characters} characters that Meta keeps`,
    ),
  );
  // What Meta names itself is in order, though its `fb_mileage.value` has a dot.
  const odd = names.filter((name) => !name.startsWith("fb_") && !appEventName.test(name));
  issues.push(
    ...odd.map((name) =>
      warningIssue("bad_name", `properties.${name}`, `Meta App Events takes names of ${acceptedAppEventName}`),
    ),
  );
  if (names.length <= most) return issues;
  return [
    ...issues,
    warningIssue("too_many", "properties", `Meta keeps ${most} parameters of an event, this has ${names.length}`),
  ];
}
