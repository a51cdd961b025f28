import {
  type Source,
  type StandardEvent,
  type StandardEventName,
  type StandardProperties,
  standardEvents,
} from "@beaconry/core";

type Property = StandardEvent["required"][number];

/** A value for each property that some row of the catalogue names. */
const samples = {
  adType: "banner",
  contentIds: ["sku-1"],
  contents: [{ id: "sku-1", quantity: 2, price: 9.99, name: "Sample product" }],
  contentType: "product",
  currency: "EUR",
  description: "Sample",
  level: "3",
  maxRatingValue: 5,
  numItems: 2,
  orderId: "sample-order",
  paymentInfoAvailable: true,
  predictedLtv: 120,
  registrationMethod: "Email",
  searchString: "sample",
  status: "completed",
  success: true,
  value: 19.98,
} satisfies Partial<StandardProperties>;

/** Properties that the vendors name for an event, with sample values. */
export function sampleProperties(name: StandardEventName): Readonly<Record<string, unknown>> {
  const { required, recommended }: StandardEvent = standardEvents[name];
  const named = new Set<Property>([required, ...Object.values(recommended)].flat());
  // What `contents` says is filled in from there.
  if (named.has("contents")) for (const property of ["contentIds", "numItems"] as const) named.delete(property);
  return Object.fromEntries(Object.entries(samples).filter(([property]) => named.has(property as Property)));
}

/** Where an event of this name happens if nothing else is said: in an app when only apps have a name for it. */
export function usualSource(name: StandardEventName): Extract<Source, "web" | "app"> {
  const { tiktok, meta, tiktokApp, metaApp }: StandardEvent = standardEvents[name];
  return tiktok === undefined && meta === undefined && (tiktokApp ?? metaApp) !== undefined ? "app" : "web";
}
