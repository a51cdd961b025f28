import type { App, Device, EventContext, EventName, Issue, PropertiesOf } from "@beaconry/core";
import { withoutEmail } from "@beaconry/core/page";

/** The collector takes no longer addresses and titles, and the vendors no event without its page. Characters. */
const longestAddress = 4_096;
const longestTitle = 500;

/** An address without e-mail addresses; one that is too long ends before a part of its query. */
function addressOf(given: string): string {
  const address = withoutEmail(given);
  return address.length > longestAddress ? address.slice(0, longestAddress).replace(/[?&#][^?&#]*$/, "") : address;
}

/** The address of this page, as events have it. */
export function pageAddress({ location }: Window): string {
  return addressOf(location.href);
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
      referrer: addressOf(document.referrer) || undefined,
      title: withoutEmail(document.title).slice(0, longestTitle) || undefined,
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
