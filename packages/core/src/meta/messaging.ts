import { words } from "../catalog/word-list.js";
import type { Messaging } from "../context.js";
import { errorIssue, type Issue } from "../issue.js";

/**
 * What Meta takes of a conversation: the channel, and the ids in `user_data`. "Conversions API for business messaging";
 * Instagram's account as "Customer information parameters" names it, since the other page's example was seen to be refused (2804079).
 */
export function toMessagingIds(messaging: Messaging): Record<string, string> {
  switch (messaging.channel) {
    case "whatsapp":
      return { whatsapp_business_account_id: messaging.businessAccountId, ctwa_clid: messaging.clickId };
    case "messenger":
      return { page_id: messaging.pageId, page_scoped_user_id: messaging.userId };
    case "instagram":
      return { ig_account_id: messaging.accountId, ig_sid: messaging.userId };
  }
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
