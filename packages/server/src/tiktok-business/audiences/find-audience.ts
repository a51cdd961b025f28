import type { Audience, Audiences } from "./audiences.js";
import { AudienceError } from "./error.js";

/** Audiences that an account may have. TikTok Business API. */
export const mostAudiences = 400;

/** The account's own audience of this name, and whether there is room for another one. */
export interface Found {
  readonly audience?: Audience;
  readonly isFull: boolean;
}

/** Rejects with `ambiguous_name` when several have it. */
export async function findAudience(audiences: Audiences, accountId: string, name: string): Promise<Found> {
  const found: Audience[] = [];
  let own = 0;
  for await (const audience of audiences.list(accountId)) {
    if (!audience.own) continue;
    own++;
    if (audience.name === name) found.push(audience);
  }
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(", ");
    throw new AudienceError("ambiguous_name", `several audiences have this name (${ids}): say which by its id`);
  }
  return { ...(found[0] && { audience: found[0] }), isFull: own >= mostAudiences };
}
