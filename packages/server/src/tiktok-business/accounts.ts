import { checkOptions, group, oneOf, type Rule, required, someText, textLike } from "@beaconry/core/internal";
import { type AccountStatus, readAccountStatus } from "./account-tables.js";
import type { BusinessApi } from "./api.js";

/** An ad account. Members that TikTok did not give are absent. */
export interface AdAccount {
  readonly id: string;
  readonly name: string;
  /** TikTok's word for it, such as `STATUS_ENABLE`. */
  readonly status: string;
  readonly statusMeaning: string;
  /** Whether ads can run and data be sent. */
  readonly usable: boolean;
  /** Why it was refused. */
  readonly rejectionReason?: string;
  /** TikTok's word for it, such as `ROLE_ADVERTISER`. */
  readonly role: string;
  readonly company?: string;
  readonly country?: string;
  /** ISO 4217. */
  readonly currency?: string;
  /** IANA name. */
  readonly timezone?: string;
  readonly balance?: number;
  /** The Business Center that owns it. */
  readonly businessCenterId?: string;
  /** When it was made: Unix time, ms. */
  readonly createdAt?: number;
}

/** Which accounts are meant: those that fit all members. */
export interface AccountFilter {
  /** Part of the name, or the whole id; upper and lower case are the same. */
  readonly search?: string;
  readonly status?: string;
  readonly role?: string;
  /** Only those that can be used, or only the others. */
  readonly usable?: boolean;
}

/** A pixel of an account. */
export interface AccountPixel {
  readonly id: string;
  /** What `tiktokEvents` takes as `pixelCode`. */
  readonly code: string;
  readonly name: string;
}

/** A new ad account in a Business Center. TikTok Business API, `/bc/advertiser/create/`. */
export interface NewAccount {
  businessCenterId: string;
  /** At most 100 characters. */
  name: string;
  /** ISO 4217; the Business Center's own. */
  currency: string;
  /** IANA name, such as `Europe/Berlin`. */
  timezone: string;
  type?: "AUCTION" | "RESERVATION";
  company: {
    /** At most 255 characters. */
    name: string;
    /** TikTok's number of the industry. */
    industry: string;
    /** TikTok's code of the country in which it is registered. */
    registeredArea: string;
  };
  contact?: { name: string; email: string; number: string };
  billing?: { address: string; taxFields?: Record<string, string> };
  billingGroup?: { invoiceBy?: "ACCOUNT" | "ADVERTISER"; id?: string; payer?: "AGENCY" | "ADVERTISER" };
  qualification?: {
    promotionLink?: string;
    licenseNumber?: string;
    licenseImageId?: string;
    imageIds?: readonly string[];
    id?: string;
  };
  payment?: { portfolioId: string };
}

/** Ad accounts of whoever signed in. */
export interface Accounts {
  /** What is known of these accounts, in their order; those that the token does not reach are left out by TikTok. */
  info(ids: readonly string[]): Promise<readonly AdAccount[]>;
  /** The pixels of an account. */
  pixels(accountId: string): AsyncIterable<AccountPixel>;
  /**
   * Makes an account in a Business Center; gives its id. A second call makes a second one: after an error that `mayBeDone`,
   * look among those of the Business Center.
   */
  create(account: NewAccount): Promise<string>;
  /** The Business Centers that the token reaches. */
  businessCenters(): AsyncIterable<{ readonly id: string; readonly name: string }>;
  /**
   * Accounts of a Business Center with what the token's owner may do: see `accountPermissions`.
   */
  ofBusinessCenter(
    id: string,
  ): AsyncIterable<{ readonly id: string; readonly name: string; readonly permission?: string }>;
}

/** Accounts asked for in one call: their ids stand in its address. */
const infoStep = 50;

const fields = [
  "advertiser_id",
  "name",
  "status",
  "rejection_reason",
  "role",
  "company",
  "country",
  "currency",
  "timezone",
  "balance",
  "owner_bc_id",
  "create_time",
];

type Wire = Readonly<Record<string, unknown>>;

/** The accounts that fit the filter. */
export function filterAccounts(accounts: readonly AdAccount[], filter: AccountFilter): readonly AdAccount[] {
  const search = filter.search?.trim().toLowerCase();
  return accounts.filter(
    ({ id, name, status, role, usable }) =>
      (!search || id === search || name.toLowerCase().includes(search)) &&
      (filter.status === undefined || status === filter.status) &&
      (filter.role === undefined || role === filter.role) &&
      (filter.usable === undefined || usable === filter.usable),
  );
}

/** @param api with the token of whoever signed in */
export function createAccounts(api: BusinessApi): Accounts {
  return {
    async info(ids) {
      const accounts: AdAccount[] = [];
      for (let start = 0; start < ids.length; start += infoStep) {
        const query = { advertiser_ids: ids.slice(start, start + infoStep), fields };
        const { list = [] } = await api.get<{ list?: readonly Wire[] }>("/advertiser/info/", query);
        accounts.push(...list.map(readAccount));
      }
      return accounts;
    },
    async *pixels(accountId) {
      // Its list stands under another name than that of the other calls.
      for (let page = 1, last = 1; page <= last; page++) {
        const query = { advertiser_id: accountId, page, page_size: 20 };
        const data = await api.get<{ pixels?: readonly Wire[]; page_info?: { total_page?: number } }>(
          "/pixel/list/",
          query,
        );
        for (const pixel of data.pixels ?? []) {
          yield { id: text(pixel.pixel_id), code: text(pixel.pixel_code), name: text(pixel.pixel_name) };
        }
        last = data.page_info?.total_page ?? page;
      }
    },
    async create(account) {
      checkOptions("accounts.create", account, newAccountRules);
      const { advertiser_id } = await api.post<{ advertiser_id?: string }>("/bc/advertiser/create/", toWire(account));
      return text(advertiser_id);
    },
    async *businessCenters() {
      for await (const one of api.list<{ bc_info?: Wire }>("/bc/get/", {}, 50)) {
        yield { id: text(one.bc_info?.bc_id), name: text(one.bc_info?.name) };
      }
    },
    async *ofBusinessCenter(id) {
      for await (const one of api.list<Wire>("/bc/asset/get/", { bc_id: id, asset_type: "ADVERTISER" }, 50)) {
        const permission = text(one.advertiser_role);
        yield { id: text(one.asset_id), name: text(one.asset_name), ...(permission && { permission }) };
      }
    },
  };
}

const short = (most: number): Rule => ({
  takes: `a text of at most ${most} characters`,
  fits: (value) => typeof value === "string" && value.trim() !== "" && value.length <= most,
});

const newAccountRules = {
  businessCenterId: required(someText),
  name: required(short(100)),
  currency: required(textLike(/^[A-Z]{3}$/, "an ISO 4217 code")),
  timezone: required(someText),
  type: oneOf("AUCTION", "RESERVATION"),
  company: required(
    group({ name: required(short(255)), industry: required(someText), registeredArea: required(someText) }),
  ),
  contact: group({ name: required(someText), email: required(someText), number: required(someText) }),
  billing: group({ address: required(someText), taxFields: { takes: "an object", fits: isObject } }),
  billingGroup: group({
    invoiceBy: oneOf("ACCOUNT", "ADVERTISER"),
    id: someText,
    payer: oneOf("AGENCY", "ADVERTISER"),
  }),
  qualification: group({
    promotionLink: someText,
    licenseNumber: someText,
    licenseImageId: someText,
    imageIds: { takes: "a list of texts", fits: Array.isArray },
    id: someText,
  }),
  payment: group({ portfolioId: required(someText) }),
} satisfies Record<keyof NewAccount, Rule>;

function toWire(account: NewAccount): object {
  const { company, contact, billing, billingGroup, qualification, payment } = account;
  return {
    bc_id: account.businessCenterId,
    advertiser_info: {
      name: account.name,
      currency: account.currency,
      timezone: account.timezone,
      type: account.type,
    },
    // One source has `customer`, TikTok's own SDK this.
    customer_info: { company: company.name, industry: company.industry, registered_area: company.registeredArea },
    contact_info: contact,
    billing_info: billing && { address: billing.address, tax_field_dict: billing.taxFields },
    billing_group_info: billingGroup && {
      invoice_group_by: billingGroup.invoiceBy,
      billing_group_id: billingGroup.id,
      invoice_payer: billingGroup.payer,
    },
    qualification_info: qualification && {
      promotion_link: qualification.promotionLink,
      license_no: qualification.licenseNumber,
      license_image_id: qualification.licenseImageId,
      qualification_image_ids: qualification.imageIds,
      qualification_id: qualification.id,
    },
    payment_info: payment && { payment_portfolio_id: payment.portfolioId },
  };
}

function readAccount(wire: Wire): AdAccount {
  const status = text(wire.status);
  const { meaning, usable }: AccountStatus = readAccountStatus(status);
  const known = {
    rejectionReason: text(wire.rejection_reason),
    company: text(wire.company),
    country: text(wire.country),
    currency: text(wire.currency),
    timezone: text(wire.timezone),
    businessCenterId: text(wire.owner_bc_id),
  };
  return {
    id: text(wire.advertiser_id),
    name: text(wire.name),
    status,
    statusMeaning: meaning,
    usable,
    role: text(wire.role),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== "")),
    ...(typeof wire.balance === "number" && { balance: wire.balance }),
    // Seconds.
    ...(typeof wire.create_time === "number" && { createdAt: wire.create_time * 1_000 }),
  };
}

/** TikTok gives ids as texts in most places and as numbers in some. */
function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
