import type { Route } from "../http-call.js";
import type { TokenCheck } from "../tokens.js";
import { SandboxAccounts } from "./account-routes.js";
import { SandboxAudiences } from "./audiences/audience-routes.js";
import { createBusinessRoute } from "./business-route.js";
import { SandboxOAuth } from "./oauth.js";

/** TikTok's Business API in the sandbox: signing in, ad accounts, audiences. */
export class SandboxBusiness {
  readonly accounts = new SandboxAccounts();
  readonly audiences: SandboxAudiences;
  readonly routes: readonly Route[];
  readonly #oauth: SandboxOAuth;

  constructor(checkToken: TokenCheck, now: () => number, audienceDelay: number) {
    this.#oauth = new SandboxOAuth(now);
    this.audiences = new SandboxAudiences(this.accounts, now, audienceDelay);
    const route = createBusinessRoute(this.#oauth.check(checkToken));
    this.routes = [
      ...this.#oauth.routes(route, () => this.accounts.list()),
      ...this.accounts.routes(route),
      ...this.audiences.routes(route),
    ];
  }

  clear(): void {
    this.#oauth.clear();
    this.accounts.clear();
    this.audiences.clear();
  }
}
