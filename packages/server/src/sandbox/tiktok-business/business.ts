import type { BusinessPart } from "../feed/entries.js";
import type { Route } from "../http-call.js";
import type { TokenCheck } from "../tokens.js";
import { SandboxAccounts } from "./account-routes.js";
import { SandboxAudiences } from "./audiences/audience-routes.js";
import { createBusinessRoute } from "./business-route.js";
import { SandboxLeads } from "./leads/lead-routes.js";
import { SandboxOAuth } from "./oauth.js";

/** TikTok's Business API in the sandbox: signing in, ad accounts, audiences, leads. */
export class SandboxBusiness {
  readonly accounts: SandboxAccounts;
  readonly audiences: SandboxAudiences;
  readonly leads: SandboxLeads;
  readonly routes: readonly Route[];
  readonly #oauth: SandboxOAuth;

  /** @param onChange is told which part is another now */
  constructor(
    checkToken: TokenCheck,
    now: () => number,
    audienceDelay: number,
    onChange: (part: BusinessPart) => void,
  ) {
    // A token that is revoked ends its subscriptions.
    this.#oauth = new SandboxOAuth(now, () => onChange("subscriptions"));
    this.accounts = new SandboxAccounts(() => onChange("accounts"));
    this.audiences = new SandboxAudiences(this.accounts, now, audienceDelay, () => onChange("audiences"));
    const check = this.#oauth.check(checkToken);
    this.leads = new SandboxLeads(check, (id) => this.accounts.find(id) !== undefined, now, onChange);
    const route = createBusinessRoute(check);
    this.routes = [
      ...this.#oauth.routes(route, () => this.accounts.list()),
      ...this.accounts.routes(route),
      ...this.audiences.routes(route),
      ...this.leads.routes(route),
    ];
  }

  clear(): void {
    this.#oauth.clear();
    this.accounts.clear();
    this.audiences.clear();
    this.leads.clear();
  }
}
