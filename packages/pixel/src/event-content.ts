import type { EventContext, EventName, Issue, PropertiesOf } from "@beaconry/core";
import type { Settings } from "./options.js";

/** What surrounds an event on this page now. No user agent and no address: the collector sees those itself. */
export function readContext({ document, location, navigator }: Window, { app, device }: Settings): EventContext {
  return {
    source: app ? "app" : "web",
    page: {
      url: location.href,
      referrer: document.referrer || undefined,
      title: document.title || undefined,
    },
    locale: navigator.language || undefined,
    app,
    device,
  };
}

type Properties = PropertiesOf<EventName>;

/** The properties, if they are an object. */
export function propertiesOf(given: unknown, report: (issue: Issue) => void): Properties {
  if (given === undefined || given === null) return {};
  if (typeof given === "object" && !Array.isArray(given)) return given;
  report(leftOut("properties", "an object"));
  return {};
}

/**
 * The properties as JSON has them, so that the page may go on changing its objects. One that JSON can not hold is
 * left out and reported.
 */
export function copyOf(properties: Properties, report: (issue: Issue) => void): Properties {
  const copies: [string, unknown][] = [];
  for (const [name, value] of Object.entries(properties)) {
    try {
      const text = JSON.stringify(value);
      if (text !== undefined) copies.push([name, JSON.parse(text)]);
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
