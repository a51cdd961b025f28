import { compact, snakeCase } from "../wire.js";

/** Meta's answer to an app event for which it makes no claim. */
export interface AppEventsResult {
  readonly success: boolean;
  /** Why Meta took the event and then dropped it. */
  readonly dropReason?: string;
}

/** An advertisement that the person met, as Meta names its parts. Every member is there only if Meta sent it. */
export interface AdTouchpoint {
  /** Digits, as all ids here: too long for a number. */
  readonly adId?: string;
  readonly adgroupId?: string;
  readonly adgroupName?: string;
  readonly campaignId?: string;
  readonly campaignName?: string;
  readonly campaignGroupId?: string;
  readonly campaignGroupName?: string;
  readonly creativeId?: string;
  /** The advertising account, with or without `act_` in front. */
  readonly accountId?: string;
  /** Seen, not clicked: within a day, where no click was. Only asked for with `consider_views`. */
  readonly isViewThrough?: boolean;
  /** When it was clicked, ms. */
  readonly clickTime?: number;
  /** When it was seen, ms: in place of `clickTime` where `isViewThrough`. */
  readonly viewTime?: number;
  readonly engagementType?: string;
  /** Outside Meta's own apps. */
  readonly isExternal?: boolean;
  readonly isInstagram?: boolean;
  readonly publisherPlatform?: string;
  readonly isAaaCampaign?: boolean;
  readonly vertical?: string;
  readonly subVertical?: string;
  readonly advertiserRegion?: string;
}

/**
 * Meta's claim to an install or an event: which advertisement it says led to it. Only apps of measurement partners get
 * one. Meta's documents differ on how old the click may be: 28 days, or 30.
 */
export interface AppClaim extends AdTouchpoint {
  /** Whether Meta claims it at all. */
  readonly isFb: boolean;
  readonly isPaid?: boolean;
  readonly adObjectiveName?: string;
  /** Estimated, not observed. */
  readonly isModeled?: boolean;
  readonly isSameIp?: boolean;
  readonly isPlayableAd?: boolean;
  readonly isMobileDataTermsSigned?: boolean;
  readonly deviceModel?: string;
  readonly osVersion?: string;
  readonly traceId?: string;
  readonly fbclid?: string;
  readonly eventId?: string;
  readonly applinkClass?: string;
  readonly applinkUrl?: string;
  /** JSON. */
  readonly applinkArgs?: string;
  /** How long the advertisement was on the screen, ms. Asked for with `include_dwell_data`. */
  readonly dwellMs?: number;
  /** How much of its video was watched. Asked for with `include_video_data`. */
  readonly videoCompletionPercent?: number;
  /** The other advertisements on the way. */
  readonly additionalTouchpoints?: readonly AdTouchpoint[];
}

/** What Meta answers to `POST /{app-id}/activities`; `"success" in answer` tells the two apart. */
export type AppEventsAnswer = AppEventsResult | AppClaim;

/** Meta's answer to `DEFERRED_APP_LINK`: where the advertisement wanted to lead a person who had to install first. */
export interface DeferredAppLink {
  /** JSON, with the link under `method_args.target_url`. */
  readonly applinkArgs?: string;
  /** Android: the class that opens it. */
  readonly applinkClass?: string;
  readonly applinkUrl?: string;
  /** When the advertisement was clicked, ms. */
  readonly clickTime?: number;
}

type Readers<Members> = { readonly [Name in keyof Members]-?: (value: unknown) => Members[Name] };

const touchpoint: Readers<AdTouchpoint> = {
  adId: readId,
  adgroupId: readId,
  adgroupName: readText,
  campaignId: readId,
  campaignName: readText,
  campaignGroupId: readId,
  campaignGroupName: readText,
  creativeId: readId,
  accountId: (value) => readId(value) ?? readText(value),
  isViewThrough: readFlag,
  clickTime: readTime,
  viewTime: readTime,
  engagementType: readText,
  isExternal: readFlag,
  isInstagram: readFlag,
  publisherPlatform: readText,
  isAaaCampaign: readFlag,
  vertical: readText,
  subVertical: readText,
  advertiserRegion: readText,
};

const claim: Readers<Omit<AppClaim, "isFb">> = /* @__PURE__ */ Object.assign({}, touchpoint, {
  isPaid: readFlag,
  adObjectiveName: readText,
  isModeled: readFlag,
  isSameIp: readFlag,
  isPlayableAd: readFlag,
  isMobileDataTermsSigned: readFlag,
  deviceModel: readText,
  osVersion: readText,
  traceId: readText,
  fbclid: readText,
  eventId: readText,
  applinkClass: readText,
  applinkUrl: readText,
  applinkArgs: readText,
  dwellMs: readAmount,
  videoCompletionPercent: readAmount,
  additionalTouchpoints: readTouchpoints,
});

const appLink: Readers<DeferredAppLink> = {
  applinkArgs: readText,
  applinkClass: readText,
  applinkUrl: readText,
  clickTime: readTime,
};

/**
 * Reads the body, parsed from JSON, that Meta's App Events API answered with: a claim where it says `is_fb`, else
 * whether it took the event. `undefined` for anything else, errors too. A member of the wrong type is left out.
 * Graph reference, Application Activities, return type.
 */
export function readAppEventsAnswer(body: unknown): AppEventsAnswer | undefined {
  if (!isObject(body)) return undefined;
  const isFb = readFlag(body.is_fb);
  if (isFb !== undefined) return { isFb, ...readMembers(body, claim) };
  const success = readFlag(body.success);
  return success === undefined ? undefined : compact({ success, dropReason: readText(body.drop_reason) });
}

/**
 * Reads the body, parsed from JSON, that Meta answered a `DEFERRED_APP_LINK` with; `undefined` where it has no link.
 * Members as in Meta's Android SDK, `AppLinkData`.
 */
export function readDeferredAppLink(body: unknown): DeferredAppLink | undefined {
  const link = isObject(body) ? readMembers(body, appLink) : {};
  return link.applinkArgs || link.applinkClass || link.applinkUrl ? link : undefined;
}

type Body = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Body {
  return typeof value === "object" && value !== null;
}

/** The members of the table, each from its wire name. */
function readMembers<Members>(body: Body, readers: Readers<Members>): Partial<Members> {
  const entries = Object.entries<(value: unknown) => unknown>(readers);
  return compact(
    Object.fromEntries(entries.map(([name, read]) => [name, read(body[snakeCase(name)])])),
  ) as Partial<Members>;
}

function readText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function readId(value: unknown): string | undefined {
  const digits = Number.isSafeInteger(value) ? String(value) : value;
  return typeof digits === "string" && /^[1-9]\d{0,30}$/.test(digits) ? digits : undefined;
}

/** Meta writes booleans as `true` in some places and as `1` in others. */
function readFlag(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  return value === 0 || value === 1 ? value === 1 : undefined;
}

function readAmount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 && value < Number.POSITIVE_INFINITY ? value : undefined;
}

/** Graph's times: ISO 8601 with an offset such as `+0000`, or Unix seconds. */
const isoTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)$/;

/** Beyond this, in the year 5138, a number is not seconds but milliseconds. */
const mostSeconds = 100_000_000_000;

function readTime(value: unknown): number | undefined {
  if (typeof value === "string") {
    const [, local, offset] = isoTime.exec(value) ?? [];
    if (local && offset) return positive(Date.parse(local + offset.replace(/(\d\d)(\d\d)$/, "$1:$2")));
    return /^\d{1,16}$/.test(value) ? readTime(Number(value)) : undefined;
  }
  return typeof value === "number" ? positive(Math.round(value < mostSeconds ? value * 1000 : value)) : undefined;
}

function positive(milliseconds: number): number | undefined {
  return Number.isSafeInteger(milliseconds) && milliseconds > 0 ? milliseconds : undefined;
}

function readTouchpoints(value: unknown): readonly AdTouchpoint[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter(isObject).map((one) => readMembers(one, touchpoint));
}
