import type { Route } from "../../http-call.js";
import { isObject, type JsonObject } from "../../json.js";
import type { TokenCheck } from "../../tokens.js";
import { type BusinessRoute, forbidden, invalid, pageOf } from "../business-route.js";
import type { SandboxForm } from "./forms.js";
import type { SandboxSubscription } from "./subscription.js";
import type { Callback } from "./webhook-sender.js";

const ENTITIES = [
  "LEAD",
  "AD_ACCOUNT_SUSPENSION",
  "AD_GROUP",
  "AD",
  "TCM_VIDEOS",
  "CREATIVE_FATIGUE",
  "API_SERVICE_STATUS",
  "REPORT_DATA_CHANGE",
];

interface Subscription {
  readonly subscription_id: string;
  readonly app_id: string;
  readonly secret: string;
  readonly subscribe_entity: string;
  readonly callback_url: string;
  readonly token: string;
  readonly subscription_detail: JsonObject;
}

/** The webhook subscriptions of the apps that the sandbox has met. */
export class SandboxSubscriptions {
  #subscriptions: Subscription[] = [];
  #made = 0;
  readonly #checkToken: TokenCheck;
  readonly #hasAccount: (id: unknown) => boolean;
  readonly #onChange: () => void;

  constructor(checkToken: TokenCheck, hasAccount: (id: unknown) => boolean, onChange: () => void) {
    this.#checkToken = checkToken;
    this.#hasAccount = hasAccount;
    this.#onChange = onChange;
  }

  /** All of them, in the order in which they were made. */
  list(): readonly SandboxSubscription[] {
    return this.#subscriptions.map((subscription) => ({
      id: subscription.subscription_id,
      appId: subscription.app_id,
      entity: subscription.subscribe_entity,
      callbackUrl: subscription.callback_url,
      details: subscription.subscription_detail,
      alive: this.#isAlive(subscription),
    }));
  }

  /** A token that is revoked ends its subscriptions. */
  #isAlive(subscription: Subscription): boolean {
    return this.#subscriptions.includes(subscription) && this.#checkToken(subscription.token) === "good";
  }

  clear(): void {
    this.#subscriptions = [];
  }

  /** Who is to be sent leads of a form. */
  callbacksOf({ page_id, advertiser_id }: SandboxForm): readonly Callback[] {
    return this.#subscriptions
      .filter(({ subscribe_entity }) => subscribe_entity === "LEAD")
      .filter(({ subscription_detail: detail }) => detail.advertiser_id === advertiser_id)
      .filter(({ subscription_detail: detail }) => (detail.page_id ?? page_id) === page_id)
      .filter(({ subscription_detail: detail }) => detail.lead_source !== "DIRECT_MESSAGE")
      .map((subscription) => ({
        subscriptionId: subscription.subscription_id,
        callbackUrl: subscription.callback_url,
        secret: subscription.secret,
        isAlive: () => this.#isAlive(subscription),
      }));
  }

  routes(route: BusinessRoute): readonly Route[] {
    const options = { takesToken: false };
    return [
      route("POST", "/subscription/subscribe/", ({ body }) => this.#subscribe(body), options),
      route("GET", "/subscription/get/", ({ query }) => this.#page(query), options),
      route("POST", "/subscription/unsubscribe/", ({ body }) => this.#unsubscribe(body), options),
    ];
  }

  #subscribe(body: JsonObject) {
    const { app_id, secret, subscribe_entity, callback_url, subscription_detail: detail } = body;
    if (!isText(app_id) || !isText(secret)) return badApp;
    if (!ENTITIES.includes(String(subscribe_entity))) return invalid(`subscribe_entity: one of ${ENTITIES.join(", ")}`);
    if (!isLocal(callback_url)) return invalid("callback_url: the sandbox sends to this machine only");
    if (!isObject(detail)) return invalid("subscription_detail: required");
    const { access_token, ...rest } = detail;
    if (!isText(access_token) || this.#checkToken(access_token) !== "good") {
      return { code: 40105, message: "subscription_detail.access_token is incorrect or has been revoked" };
    }
    if (subscribe_entity === "LEAD") {
      if (rest.advertiser_id === undefined && rest.library_id === undefined) {
        return invalid("subscription_detail: advertiser_id or library_id is required");
      }
      if (rest.library_id !== undefined || !this.#hasAccount(rest.advertiser_id)) {
        return forbidden("No permission to operate advertiser");
      }
      if (rest.lead_source === "DIRECT_MESSAGE" && rest.page_id !== undefined) return invalid("page_id: not supported");
    }
    const subscription_id = String(7_600_000_000_000_000_001n + BigInt(this.#made++));
    this.#subscriptions.push({
      subscription_id,
      app_id,
      secret,
      subscribe_entity: String(subscribe_entity),
      callback_url: String(callback_url),
      token: access_token,
      subscription_detail: rest,
    });
    this.#onChange();
    return { data: { subscription_id } };
  }

  #page(query: JsonObject) {
    const { app_id, secret, subscribe_entity } = query;
    if (!isText(app_id) || !isText(secret)) return badApp;
    const own = this.#subscriptions.filter((one) => one.app_id === app_id && one.secret === secret);
    const wanted = own.filter((one) => subscribe_entity === undefined || one.subscribe_entity === subscribe_entity);
    const page = pageOf(wanted, query, 1_000);
    if ("code" in page) return page;
    const subscriptions = page.list.map(({ secret: _secret, token: _token, ...subscription }) => subscription);
    return { data: { subscriptions, page_info: page.page_info } };
  }

  #unsubscribe({ app_id, secret, subscription_id }: JsonObject) {
    if (!isText(app_id) || !isText(secret)) return badApp;
    const found = this.#subscriptions.find(
      (one) => one.subscription_id === subscription_id && one.app_id === app_id && one.secret === secret,
    );
    if (!found) return invalid("subscription_id: there is no such subscription");
    this.#subscriptions = this.#subscriptions.filter((one) => one !== found);
    this.#onChange();
    return { data: { subscription_id } };
  }
}

const badApp = { code: 40101, message: "app_id or secret is missing or wrong" };

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isLocal(value: unknown): boolean {
  const url = typeof value === "string" ? URL.parse(value) : null;
  return url !== null && /^https?:$/.test(url.protocol) && ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
}
