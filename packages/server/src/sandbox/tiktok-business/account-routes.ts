import type { Route } from "../http-call.js";
import type { JsonObject } from "../json.js";
import { isObject } from "../json.js";
import { initialAccounts, SANDBOX_BUSINESS_CENTER, type SandboxAccount } from "./accounts.js";
import { type BusinessRoute, forbidden, invalid, pageOf } from "./business-route.js";

/** Most ids of one call: they stand in its address. */
const MOST_IDS = 100;

/** The ad accounts of a sandbox and the calls that read and make them. */
export class SandboxAccounts {
  #accounts: SandboxAccount[] = [...initialAccounts];
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** All of them, in the order in which they were made. */
  list(): readonly SandboxAccount[] {
    return this.#accounts;
  }

  find(id: unknown): SandboxAccount | undefined {
    return this.#accounts.find(({ advertiser_id }) => advertiser_id === id);
  }

  clear(): void {
    this.#accounts = [...initialAccounts];
  }

  routes(route: BusinessRoute): readonly Route[] {
    return [
      route("GET", "/advertiser/info/", ({ query }) => this.#info(query)),
      route("GET", "/pixel/list/", ({ query }) => {
        const account = this.find(query.advertiser_id);
        if (!account) return forbidden("No permission to operate advertiser");
        const page = pageOf(account.pixels, query, 20);
        if ("code" in page) return page;
        return { data: { pixels: page.list, page_info: page.page_info } };
      }),
      route("GET", "/bc/get/", ({ query }) => {
        const page = pageOf([{ bc_info: SANDBOX_BUSINESS_CENTER }], query, 50);
        return "code" in page ? page : { data: page };
      }),
      route("GET", "/bc/asset/get/", ({ query }) => this.#assets(query)),
      route("POST", "/bc/advertiser/create/", ({ body }) => this.#create(body)),
    ];
  }

  #info({ advertiser_ids, fields }: JsonObject) {
    if (!Array.isArray(advertiser_ids) || advertiser_ids.length === 0)
      return invalid("advertiser_ids: required, a list");
    if (advertiser_ids.length > MOST_IDS) return { code: 40010, message: `advertiser_ids: at most ${MOST_IDS}` };
    const wanted = Array.isArray(fields) ? fields.map(String) : undefined;
    const list = advertiser_ids.flatMap((id) => {
      const { pixels, ...account } = this.find(id) ?? { pixels: [] };
      const entries = Object.entries(account).filter(([name]) => wanted?.includes(name) ?? true);
      return entries.length === 0 ? [] : [Object.fromEntries(entries)];
    });
    // Nothing is said of accounts that the token does not reach, unless it reaches none.
    return list.length === 0 ? forbidden("No permission to operate advertiser") : { data: { list } };
  }

  #assets(query: JsonObject) {
    const { bc_id, asset_type } = query;
    if (bc_id !== SANDBOX_BUSINESS_CENTER.bc_id) return forbidden("No permission to operate this Business Center");
    if (asset_type !== "ADVERTISER") return invalid("asset_type: the sandbox has ADVERTISER only");
    const own = this.#accounts.filter(({ owner_bc_id }) => owner_bc_id === bc_id);
    const page = pageOf(own, query, 50);
    if ("code" in page) return page;
    const list = page.list.map(({ advertiser_id, name }) => ({
      asset_id: advertiser_id,
      asset_name: name,
      asset_type: "ADVERTISER",
      advertiser_role: "ADMIN",
    }));
    return { data: { ...page, list } };
  }

  #create(body: JsonObject) {
    const { bc_id, advertiser_info: info, customer_info: customer } = body;
    if (bc_id !== SANDBOX_BUSINESS_CENTER.bc_id) return forbidden("No permission to operate this Business Center");
    if (!isObject(info)) return invalid("advertiser_info: required");
    if (!isObject(customer)) return invalid("customer_info: required");
    for (const [path, value, longest] of [
      ["advertiser_info.name", info.name, 100],
      ["advertiser_info.currency", info.currency, 3],
      ["advertiser_info.timezone", info.timezone, 100],
      ["customer_info.company", customer.company, 255],
      ["customer_info.industry", customer.industry, 100],
      ["customer_info.registered_area", customer.registered_area, 100],
    ] as const) {
      const text = typeof value === "number" ? String(value) : value;
      if (typeof text !== "string" || text === "") return invalid(`${path}: required`);
      if (text.length > longest) return invalid(`${path}: at most ${longest} characters`);
    }
    if (info.currency !== SANDBOX_BUSINESS_CENTER.currency) {
      return invalid("advertiser_info.currency: must be that of the Business Center");
    }
    const advertiser_id = String(7_000_000_000_000_000_001n + BigInt(this.#accounts.length));
    this.#accounts.push({
      advertiser_id,
      name: String(info.name),
      // A new account is reviewed first.
      status: "STATUS_PENDING_CONFIRM",
      role: "ROLE_ADVERTISER",
      company: String(customer.company),
      country: String(customer.registered_area),
      currency: String(info.currency),
      timezone: String(info.timezone),
      balance: 0,
      owner_bc_id: SANDBOX_BUSINESS_CENTER.bc_id,
      create_time: 1_700_000_000,
      pixels: [],
    });
    this.#onChange();
    return { data: { advertiser_id } };
  }
}
