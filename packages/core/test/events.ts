import { createEvent, type EventContext, type EventInit, type TrackedEvent } from "@beaconry/core";

/** 2026-11-21T12:00:00.999Z: the milliseconds must fall away on the wire. */
export const time = Date.UTC(2026, 10, 21, 12, 0, 0, 999);
export const seconds = Date.UTC(2026, 10, 21, 12) / 1000;

export const webContext: EventContext = {
  source: "web",
  page: { url: "https://shop.example/thanks?order=7", referrer: "https://shop.example/checkout", title: "Thanks" },
  ip: "2001:db8:85a3::8a2e:370:7334",
  userAgent: "Mozilla/5.0 (test)",
  locale: "en-US",
  clicks: {
    fbc: "fb.1.1554763741205.AbCdEf",
    fbp: "fb.1.1558571054389.1098115397",
    ttclid: "E.C.P.AbC",
    ttp: "2JuZnVfTsk0c1xB7yq9GdTTnKNr",
  },
};

export const appContext: EventContext = {
  source: "app",
  ip: "198.51.100.7",
  locale: "en-US",
  app: { id: "com.some.app", name: "Some App", version: "7.7.1", build: "771" },
  device: {
    platform: "android",
    osVersion: "10.1.1",
    advertisingId: "38400000-8CF0-11BD-B23E-10B96E40000D",
    anonId: "XZ12345340-1234-3456-1234-123456789012",
    model: "OnePlus6",
    locale: "en-US",
    timezoneAbbreviation: "GMT-1",
    carrier: "TMobile",
    screenWidth: 1920,
    screenHeight: 1080,
    screenDensity: 2,
    cpuCores: 2,
    storage: 128,
    freeStorage: 8,
    timezone: "USA/New York",
  },
};

/** The cart of the vendors' own examples: 2 × 1234 and 1 × 5678 for 21.97. */
export const cart = {
  value: 21.97,
  currency: "GBP",
  contentType: "product" as const,
  contents: [
    { id: 1234, quantity: 2, price: 9.99, name: "Socks", brand: "Knit" },
    { id: "5678", quantity: 1, price: 1.99 },
  ],
  orderId: "order-7",
};

export function purchase(init: Partial<EventInit> = {}): TrackedEvent<"Purchase"> {
  return createEvent("Purchase", cart, {
    id: "123456",
    time,
    consent: { advertising: true },
    context: webContext,
    user: { email: " John_Smith@gmail.com ", phone: "+1 (650) 555-1212", externalId: "user_123" },
    ...init,
  });
}
