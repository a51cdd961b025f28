import type { App, Device, EventContext, EventName, Issue, PropertiesOf } from "@beaconry/core";
import { toPageAddress, toPageTitle, withoutEmail } from "@beaconry/core/page";

/** The address of this page, as events have it. */
export function pageAddress({ location }: Window): string {
  return toPageAddress(location.href);
}

/**
 * What surrounds an event on this page now. No user agent and no address: the collector sees those itself. E-mail
 * addresses are taken out of what the page says.
 */
export function readContext(window: Window, app: App | undefined, device: Device | undefined): EventContext {
  const { document, navigator } = window;
  return {
    source: app ? "app" : "web",
    page: {
      url: pageAddress(window),
      referrer: toPageAddress(document.referrer) || undefined,
      title: toPageTitle(document.title) || undefined,
    },
    locale: navigator.language || undefined,
    app,
    device,
  };
}

/**
 * Whether the page tells e-mail addresses, which the vendors' scripts would read there for themselves. The handle of an
 * account, `/@ada.knits`, is none, although `withoutEmail` takes it out to be on the safe side.
 */
export function tellsEmail({ document, location }: Window): boolean {
  const text = `${location.href} ${document.referrer} ${document.title}`.replace(/(^|[\s/(])@/g, "$1");
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
  for (const name of Object.keys(given ?? {})) {
    try {
      const text = JSON.stringify((given as Record<string, unknown>)[name]);
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
