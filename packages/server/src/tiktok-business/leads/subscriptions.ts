import { BeaconryError } from "@beaconry/core";
import { checkOptions, listOf, oneOf, type Rule, required, someText, textLike } from "@beaconry/core/internal";
import type { BusinessApi } from "../api.js";
import { type LeadSource, leadSources } from "./lead.js";
import {
  type DetailName,
  detailNames,
  entityDetails,
  notifyFrequencies,
  type SubscriptionEntity,
  subscriptionEntities,
} from "./subscription-tables.js";

/** Your app at TikTok for Business: subscriptions are the app's. */
export interface BusinessApp {
  readonly id: string;
  /** Stays on the server. */
  readonly secret: string;
}

/** A subscription to be made. Which details an entity needs: {@link entityDetails}. */
export interface NewSubscription {
  /** Default `LEAD`. */
  entity?: SubscriptionEntity;
  /** Where TikTok is to send what happens: an `https:` address; for leads one that nobody can guess. */
  callbackUrl: string;
  /** The ad account. For leads: all its forms, unless `formId` names one. The token's owner must be its admin. */
  accountId?: string;
  /** In the place of the account for leads that were moved to a Business Center. */
  libraryId?: string;
  formId?: string;
  /** Default `INSTANT_FORM`. */
  leadSource?: LeadSource;
  businessCenterId?: string;
  /** At most 100. */
  accountIds?: readonly string[];
  adGroupId?: string;
  adId?: string;
  productFilters?: readonly string[];
  notifyFrequency?: (typeof notifyFrequencies)[number];
  creatorAccountId?: string;
}

/** A subscription that there is. */
export interface Subscription {
  readonly id: string;
  readonly entity: string;
  readonly callbackUrl: string;
  /** Its details under our names, as texts; no token. */
  readonly details: Readonly<Partial<Record<DetailName, string>>>;
}

/** Where TikTok sends what happens. All need the client's `app`: without it they reject with `invalid_option`. */
export interface Subscriptions {
  /** Gives its id. Twice the same is two subscriptions, and each sends everything. */
  subscribe(subscription: NewSubscription): Promise<string>;
  /** All of the app, of one entity. @param entity default `LEAD` */
  list(entity?: SubscriptionEntity): AsyncIterable<Subscription>;
  unsubscribe(id: string): Promise<void>;
}

const id = textLike(/^\d{1,40}$/, "digits");

const rules = {
  entity: oneOf(...Object.keys(subscriptionEntities)),
  callbackUrl: required({
    takes: "an address with http: or https:",
    fits: (value) => typeof value === "string" && /^https?:$/.test(URL.parse(value)?.protocol ?? ""),
  }),
  accountId: id,
  libraryId: id,
  formId: id,
  leadSource: oneOf(...leadSources),
  businessCenterId: id,
  accountIds: listOf(id, "a list of digits"),
  adGroupId: id,
  adId: id,
  productFilters: listOf(someText, "a list of texts"),
  notifyFrequency: oneOf(...notifyFrequencies),
  creatorAccountId: id,
} satisfies Record<keyof NewSubscription, Rule>;

type Wire = Readonly<Record<string, unknown>>;

/** Subscriptions asked for at once, the most that TikTok gives. */
const pageSize = 1_000;

/** @param accessToken in whose name TikTok reads: when it is revoked, the subscription is dead */
export function createSubscriptions(
  api: BusinessApi,
  accessToken: () => string | Promise<string>,
  app: BusinessApp | undefined,
): Subscriptions {
  function appKeys(): { app_id: string; secret: string } {
    if (!app) throw new BeaconryError("invalid_option", "subscriptions: app is missing, accepted is { id, secret }");
    return { app_id: app.id, secret: app.secret };
  }

  return {
    async subscribe(subscription) {
      checkOptions("subscriptions.subscribe", subscription, rules);
      const { entity = "LEAD", callbackUrl, ...details } = subscription;
      checkDetails(entity, details);
      const named = Object.entries(details).map(([name, value]) => [detailNames[name as DetailName], value]);
      const data = await api.post<Wire>("/subscription/subscribe/", {
        ...appKeys(),
        subscribe_entity: entity,
        callback_url: callbackUrl,
        subscription_detail: { access_token: await accessToken(), ...Object.fromEntries(named) },
      });
      return String(data.subscription_id ?? "");
    },
    async *list(entity = "LEAD") {
      for (let page = 1, last = 1; page <= last; page++) {
        const query = { ...appKeys(), subscribe_entity: entity, page, page_size: pageSize };
        const data = await api.get<{ subscriptions?: readonly Wire[]; page_info?: { total_page?: number } }>(
          "/subscription/get/",
          query,
        );
        for (const one of data.subscriptions ?? []) yield readSubscription(one);
        last = data.page_info?.total_page ?? page;
      }
    },
    async unsubscribe(subscriptionId) {
      await api.post(
        "/subscription/unsubscribe/",
        { ...appKeys(), subscription_id: subscriptionId },
        { repeatable: true },
      );
    },
  };
}

function checkDetails(entity: SubscriptionEntity, details: Omit<NewSubscription, "entity" | "callbackUrl">): void {
  const { oneOf: needed, more } = entityDetails[entity];
  const given = Object.entries(details).flatMap(([name, value]) => (value === undefined ? [] : [name as DetailName]));
  const stranger = given.find((name) => !needed.includes(name) && !more.includes(name));
  const fail = (what: string, accepted: readonly string[]) => {
    const message = `subscriptions.subscribe: ${what}, accepted is ${accepted.join(", ") || "nothing"}`;
    throw new BeaconryError("invalid_option", message);
  };
  if (stranger) fail(`${stranger} is none of ${entity}`, [...needed, ...more]);
  if (needed.length > 0 && !given.some((name) => needed.includes(name))) fail(`${entity} lacks what it is of`, needed);
  if (details.leadSource === "DIRECT_MESSAGE" && details.formId) fail("formId of DIRECT_MESSAGE", ["none"]);
  if ((details.accountIds?.length ?? 0) > 100) fail("accountIds is too long", ["at most 100"]);
}

function readSubscription(wire: Wire): Subscription {
  const given = (wire.subscription_detail ?? {}) as Wire;
  const details = Object.entries(detailNames).flatMap(([ours, theirs]) => {
    const value = given[theirs];
    const text = Array.isArray(value) ? value.join(",") : String(value ?? "");
    return text === "" || text === "0" ? [] : [[ours, text] as const];
  });
  return {
    id: String(wire.subscription_id ?? ""),
    entity: String(wire.subscribe_entity ?? ""),
    callbackUrl: String(wire.callback_url ?? ""),
    details: Object.fromEntries(details),
  };
}
