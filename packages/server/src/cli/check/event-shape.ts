import type { App, Clicks, Consent, Device, EventContext, Issue, Page, TrackedEvent } from "@beaconry/core";
import {
  anyOf,
  anyText,
  group,
  listOf,
  numberFrom,
  oneOf,
  type Rule,
  required,
  someText,
  yesOrNo,
} from "@beaconry/core/internal";

type Rules<Type> = Record<keyof Type, Rule>;
type Part<Name extends keyof EventContext> = NonNullable<EventContext[Name]>;

const number = numberFrom(-Number.MAX_VALUE, Number.MAX_VALUE, "a number");
const texts = listOf(anyText, "a list of texts");
/** An object whose members are checked elsewhere. */
const open: Rule = { ...group({}), members: undefined };

const page = { url: required(someText), referrer: anyText, title: anyText } satisfies Rules<Page>;

const clicks = { fbc: anyText, fbp: anyText, ttclid: anyText, ttp: anyText } satisfies Rules<Clicks>;

const app = {
  id: required(someText),
  storeId: anyText,
  name: anyText,
  version: anyText,
  build: anyText,
  userId: anyText,
  campaignIds: anyText,
  clickId: anyText,
  installerPackage: anyText,
  installReferrer: anyText,
  googleInstallReferrer: anyText,
  metaInstallReferrer: anyText,
  urlSchemes: texts,
} satisfies Rules<App>;

const device = {
  platform: required(oneOf("android", "ios")),
  osVersion: required(someText),
  advertisingId: anyText,
  vendorId: anyText,
  anonId: anyText,
  attribution: anyText,
  model: anyText,
  locale: anyText,
  timezoneAbbreviation: anyText,
  timezone: anyText,
  carrier: anyText,
  screenWidth: number,
  screenHeight: number,
  screenDensity: number,
  cpuCores: number,
  storage: number,
  freeStorage: number,
} satisfies Rules<Device>;

const ad = {
  callback: anyText,
  campaignId: anyText,
  adGroupId: anyText,
  adId: anyText,
  isRetargeting: yesOrNo,
  attributed: yesOrNo,
  attributionType: anyText,
  attributionProvider: anyText,
  attributionShare: number,
} satisfies Rules<Part<"ad">>;

const messaging = {
  channel: required(oneOf("whatsapp", "messenger", "instagram")),
  businessAccountId: anyText,
  clickId: anyText,
  pageId: anyText,
  accountId: anyText,
  userId: anyText,
} satisfies Record<Part<"messaging"> extends infer One ? (One extends object ? keyof One : never) : never, Rule>;

const sources = ["web", "app", "store", "crm", "email", "phone_call", "chat", "messaging", "other"] as const;

const context = {
  source: required(oneOf(...(sources satisfies readonly EventContext["source"][]))),
  page: group(page),
  ip: someText,
  userAgent: someText,
  locale: anyText,
  clicks: group(clicks),
  app: group(app),
  device: group(device),
  ad: group(ad),
  messaging: group(messaging),
  lead: group({ tiktok: anyText, meta: anyText, crm: anyText } satisfies Rules<Part<"lead">>),
  store: group({ pageId: anyText, code: anyText } satisfies Rules<Part<"store">>),
  facebookLoginId: anyText,
  subscriptionId: anyText,
  attributionOnly: yesOrNo,
} satisfies Rules<EventContext>;

const region = ["country", "state"];

const consent = {
  advertising: yesOrNo,
  advertiserTracking: yesOrNo,
  applicationTracking: yesOrNo,
  limitedDataUse: anyOf("true, false or { country, state }", yesOrNo, {
    takes: "",
    fits: (value) => open.fits(value) && region.every((name) => number.fits((value as Record<string, unknown>)[name])),
  }),
} satisfies Rules<Consent>;

const isDate = (value: unknown) => typeof value === "string" && !Number.isNaN(Date.parse(value));

/** An event as JSON. What only the checks of core can judge is open here. */
const event = group({
  id: required(someText),
  name: required(someText),
  time: required(anyOf("milliseconds since 1970, or an ISO 8601 date", number, { takes: "", fits: isDate })),
  properties: open,
  user: open,
  matchKeys: open,
  context: required(group(context)),
  consent: required(group(consent)),
  tags: listOf(oneOf("meta", "tiktok"), "a list of meta, tiktok"),
} satisfies Rules<TrackedEvent> & { tags: Rule });

/** Every member that is missing, of a wrong kind or unknown. */
export function findShapeIssues(value: unknown, rule: Rule = event, path = ""): Issue[] {
  const where = path || "the event";
  if (value === undefined) {
    return rule.required ? [issue("error", "missing", path, `${where} is missing, accepted is ${rule.takes}`)] : [];
  }
  if (!rule.fits(value)) {
    return [issue("error", "wrong_type", path, `${where} is ${kindOf(value)}, accepted is ${rule.takes}`)];
  }
  const { members } = rule;
  if (!members) return [];
  const given = value as Readonly<Record<string, unknown>>;
  const below = (name: string) => (path ? `${path}.${name}` : name);
  const strangers = Object.keys(given).filter((name) => !Object.hasOwn(members, name));
  return [
    ...Object.entries(members).flatMap(([name, member]) => findShapeIssues(given[name], member, below(name))),
    ...strangers.map((name) =>
      issue("warning", "unknown_property", below(name), `${below(name)} is unknown: not sent`),
    ),
  ];
}

function issue(severity: Issue["severity"], code: Issue["code"], path: string, message: string): Issue {
  return { severity, code, path, message };
}

/** The kind of a value, never the value: it may be a person's. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "boolean") return "true or false";
  if (value === "") return "an empty text";
  const kind = { string: "a text", number: "a number", object: "an object" }[typeof value as string] ?? typeof value;
  return typeof value === "object" ? kind : `${kind} that does not fit`;
}
