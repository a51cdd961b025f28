import type { Messaging } from "../context.js";

/** What Meta takes of a conversation: the channel, and the ids in `user_data`. "Conversions API for business messaging". */
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
