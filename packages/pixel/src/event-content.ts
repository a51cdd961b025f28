import type { Device, EventContext, EventName, Issue, PropertiesOf } from "@beaconry/core";
import type { PixelOptions } from "./options.js";

/**
 * What surrounds an event on this page now. No user agent and no address: the collector sees those itself. E-mail
 * addresses are taken out of what the page says.
 */
export function readContext(
  { document, location, navigator }: Window,
  { app }: PixelOptions,
  device: Device | undefined,
): EventContext {
  return {
    source: app ? "app" : "web",
    page: {
      url: withoutEmail(location.href),
      referrer: withoutEmail(document.referrer) || undefined,
      title: withoutEmail(document.title) || undefined,
    },
    locale: navigator.language || undefined,
    app,
    device,
  };
}

/** Bounded, so that a long address costs little; `%40` is an encoded `@`, `%2540` one encoded twice. */
const email = /[\w.+%~-]{1,64}(@|%(25)*40)[\w-]{1,63}(\.[\w-]{1,63})+/gi;

/** The text with `[email]` in the place of each e-mail address. */
export function withoutEmail(text: string): string {
  return text.replace(email, "[email]");
}

/** Whether the page tells e-mail addresses, which the vendors' scripts would read there for themselves. */
export function tellsEmail({ document, location }: Window): boolean {
  const text = `${location.href} ${document.referrer} ${document.title}`;
  return withoutEmail(text) !== text;
}

/**
 * The properties as JSON has them, so that the page may go on changing its objects. One that JSON can not hold is
 * left out and reported.
 */
export function copyOf(given: unknown, report: (issue: Issue) => void): PropertiesOf<EventName> {
  if (given !== undefined && (typeof given !== "object" || Array.isArray(given))) {
    report(leftOut("properties", "an object"));
    return {};
  }
  const copies: [string, unknown][] = [];
  for (const [name, value] of Object.entries(given ?? {})) {
    try {
      const text = JSON.stringify(value);
      if (text) copies.push([name, JSON.parse(text)]);
    } catch {
      report(leftOut(`properties.${name}`, "what JSON can hold"));
    }
  }
  return Object.fromEntries(copies);
}

/** The issue of a part that is not used. */
export function leftOut(path: string, takes: string): Issue {
  return { severity: "warning", code: "wrong_type", path, message: `${path} is left out: accepted is ${takes}` };
}
