import type { ReceivedEvent } from "@beaconry/server/sandbox";

/** One line of the summary. */
export interface Expectation {
  path: string;
  name: string;
  /** How many of it the vendor must count after its own deduplication. */
  expected: number;
  counted: number;
  /** Copies that came in, by tag and by server. */
  browser: number;
  server: number;
}

/** Home, two products, the cart twice, checkout, thank you, and thank you once more. */
const pages = 8;
const steps = { ViewContent: 2, AddToCart: 2, InitiateCheckout: 1, AddPaymentInfo: 1, Purchase: 1 };
const phones = 2;

/** What one shopper and two phones of the drive must come to. */
const expected: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "TikTok web": { Pageview: pages, ...steps },
  "Meta web": { PageView: pages, ...steps },
  "Meta app": { MOBILE_APP_INSTALL: phones, fb_mobile_activate_app: phones, fb_mobile_purchase: phones },
};

function pathOf({ endpoint, vendor }: ReceivedEvent): string {
  if (endpoint === "meta.appEvents") return "Meta app";
  return vendor === "meta" ? "Meta web" : "TikTok web";
}

/** Compares what arrived with what must: every event expected, and every one that is not. */
export function compare(events: readonly ReceivedEvent[]): Expectation[] {
  const keys = new Set(events.map((event) => `${pathOf(event)}|${event.name}`));
  for (const [path, names] of Object.entries(expected))
    for (const name of Object.keys(names)) keys.add(`${path}|${name}`);
  return [...keys].sort().map((key) => {
    const [path = "", name = ""] = key.split("|");
    const ofKey = events.filter((event) => pathOf(event) === path && event.name === name);
    return {
      path,
      name,
      expected: expected[path]?.[name] ?? 0,
      counted: ofKey.filter(({ outcome }) => outcome === "counted").length,
      browser: ofKey.filter(({ side }) => side === "browser").length,
      server: ofKey.filter(({ side }) => side === "server").length,
    };
  });
}

/** Whether every expected event was counted exactly as often as it happened, and nothing else was. */
export function isAsExpected(expectations: readonly Expectation[]): boolean {
  return expectations.every(({ expected: wanted, counted }) => wanted === counted);
}
