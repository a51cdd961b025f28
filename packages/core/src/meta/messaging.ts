import { words } from "../catalog/word-list.js";
import type { Messaging } from "../context.js";
import { errorIssue, type Issue } from "../issue.js";

/**
 * The ids that Meta takes of each channel, under their names in `user_data`. "Conversions API for business messaging";
 * Instagram's account as "Customer information parameters" names it, since the other page's example was seen to be refused (2804079).
 */
const idsOf: { readonly [Channel in Messaging["channel"]]: Readonly<Record<IdName<Channel>, string>> } = {
  whatsapp: { businessAccountId: "whatsapp_business_account_id", clickId: "ctwa_clid" },
  messenger: { pageId: "page_id", userId: "page_scoped_user_id" },
  instagram: { accountId: "ig_account_id", userId: "ig_sid" },
};

type IdName<Channel> = Exclude<keyof Extract<Messaging, { channel: Channel }>, "channel">;

/** Each id of the conversation: where it stands, its name at Meta, and itself. None of a channel that Meta has not. */
function idsIn(messaging: Messaging): (readonly [name: string, key: string, id: unknown])[] {
  const { channel } = messaging;
  const names: Readonly<Record<string, string>> = Object.hasOwn(idsOf, channel) ? idsOf[channel] : {};
  const given = messaging as Readonly<Record<string, unknown>>;
  return Object.entries(names).map(([name, key]) => [name, key, given[name]]);
}

/** What Meta takes of a conversation beside the channel: the ids in `user_data`. */
export function toMessagingIds(messaging: Messaging): Record<string, unknown> {
  return Object.fromEntries(idsIn(messaging).map(([, key, id]) => [key, id]));
}

/** Meta refuses a channel that it has not, and one of which it lacks an id. */
export function checkMessagingIds(messaging: Messaging): readonly Issue[] {
  const ids = idsIn(messaging);
  if (ids.length === 0) {
    const accepted = Object.keys(idsOf).join(", ");
    const path = "context.messaging.channel";
    return [errorIssue("wrong_value", path, `${path} is none of Meta's: accepted are ${accepted}`)];
  }
  return ids
    .filter(([, , id]) => !id)
    .map(([name, key]) => {
      const path = `context.messaging.${name}`;
      return errorIssue("missing", path, `Meta requires ${path}: it goes out as ${key}`);
    });
}

/** The events of a conversation. "Conversions API for business messaging" (September 2026), frequently asked questions. */
const events =
  "Purchase LeadSubmitted InitiateCheckout AddToCart ViewContent OrderCreated OrderShipped OrderDelivered OrderCanceled OrderReturned CartAbandoned QualifiedLead RatingProvided ReviewProvided";

const names: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ words(events));

/** Meta refuses every other event of a conversation (2804066), also the standard ones of websites such as `Lead`. */
export function checkMessagingEvent(name: string): readonly Issue[] {
  if (names.has(name)) return [];
  const accepted = [...names].join(", ");
  return [errorIssue("bad_name", "name", `Meta takes of conversations the events ${accepted}`)];
}
