import type { App, Device, EventContext, EventName, Issue, PropertiesOf } from "@beaconry/core";

/**
 * What surrounds an event on this page now. No user agent and no address: the collector sees those itself. E-mail
 * addresses are taken out of what the page says.
 */
export function readContext(
  { document, location, navigator }: Window,
  app: App | undefined,
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

/** Encoded delimiters, which end what is before the address; `%25` is an encoded `%`, of what is encoded twice. */
const delimiter = "%(?:25){0,4}(?:2[036acf]|3[abdf])";
/** Letters of any script, also encoded. */
const letter = "[\\p{L}\\p{N}-]|%(?:25){0,4}[89a-f][0-9a-f]";
/** An address as people have them. Bounded, so that long texts cost little. */
const email = new RegExp(
  `((?:${delimiter})?)(?:${letter}|[.+~_']|%(?:25){0,4}2b){0,64}[!#$&'*/=?^\`{|}]?(?:@|%(?:25){0,4}40)` +
    `(?:${letter}){1,63}(?:\\.(?:${letter}){1,63})+`,
  "giu",
);

/** The text with `[email]` in the place of each e-mail address. */
export function withoutEmail(text: string): string {
  return text.replace(email, "$1[email]");
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
