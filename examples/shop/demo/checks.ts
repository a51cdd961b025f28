import type { ReceivedEvent, Sandbox } from "@beaconry/server/sandbox";
import { visitorAddresses } from "./edge.ts";

/** Something that must hold, and whether it does. */
export type Check = readonly [what: string, holds: boolean];

/** The same purchase, by tag and by server, under one id and one name, at both vendors. */
export function checkPurchase(sandbox: Sandbox): Check[] {
  const purchases = sandbox.events().filter(({ name }) => name === "Purchase");
  const ids = new Set(purchases.map(({ id }) => id));
  const sides = (vendor: ReceivedEvent["vendor"]) =>
    new Set(purchases.filter((event) => event.vendor === vendor).map(({ side }) => side)).size;
  return [
    [
      "the purchase has one id on all four paths",
      ids.size === 1 && new Set(purchases.map(({ endpoint }) => endpoint)).size === 4,
    ],
    ["the purchase reached TikTok by tag and by Events API", sides("tiktok") === 2],
    ["the purchase reached Meta by tag and by Conversions API", sides("meta") === 2],
    ["its server copies carry the click ids and the shopper's hashed data", hasKeys(purchases)],
  ];
}

function hasKeys(purchases: readonly ReceivedEvent[]): boolean {
  const keysAt = (endpoint: string) => purchases.find((event) => event.endpoint === endpoint)?.matchKeys ?? [];
  const meta = keysAt("meta.conversions");
  const tiktok = keysAt("tiktok.events");
  return (
    ["em", "ph", "fn", "ln", "ct", "zp", "country", "fbc", "fbp", "client_ip_address", "client_user_agent"].every(
      (key) => meta.includes(key),
    ) &&
    ["email", "phone", "first_name", "zip_code", "ttclid", "ttp", "ip", "user_agent"].every((key) =>
      tiktok.includes(key),
    )
  );
}

/** Meta's rules for App Events, on every request that was made. */
export function checkAppRequests(sandbox: Sandbox): Check[] {
  const requests = sandbox.requests().filter(({ endpoint }) => endpoint === "meta.appEvents");
  const forms = requests.map(({ body }) => body as Record<string, unknown>);
  const isFlag = (value: unknown) => value === "0" || value === "1";
  const addresses = requests.map(({ headers }) => headers["x-forwarded-for"] ?? "");
  const isVisitor = (address: string) => visitorAddresses.some((known) => known === address);
  const refused = forms.filter((form) => form.advertiser_tracking_enabled === "0");
  return [
    [
      "every app request carries both tracking flags",
      forms.every((form) => isFlag(form.advertiser_tracking_enabled) && isFlag(form.application_tracking_enabled)),
    ],
    [
      "every app request carries 16 extinfo slots",
      forms.every(({ extinfo }) => Array.isArray(extinfo) && extinfo.length === 16),
    ],
    [
      "app requests carry the devices' addresses, one IPv4 and one IPv6",
      addresses.every(isVisitor) && [".", ":"].every((mark) => addresses.some((address) => address.includes(mark))),
    ],
    [
      "the phone that refused tracking sent no customer data and no advertising id",
      refused.length > 0 && refused.every((form) => !form.ud && !form.advertiser_id),
    ],
    [
      "the other phone's customer data is hashed under ud",
      forms.some(({ ud }) => /^[0-9a-f]{64}$/.test(String((ud as Record<string, string> | undefined)?.em))),
    ],
    [
      "every custom event carries its id",
      forms.every(
        ({ event, custom_events }) =>
          event !== "CUSTOM_APP_EVENTS" || (custom_events as { event_id?: string }[]).every(({ event_id }) => event_id),
      ),
    ],
  ];
}
