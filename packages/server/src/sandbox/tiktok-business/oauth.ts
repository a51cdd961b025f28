import { randomBytes } from "node:crypto";
import type { Route } from "../http-call.js";
import type { TokenCheck } from "../tokens.js";
import type { BusinessRoute } from "./business-route.js";

const HOUR = 3_600_000;
/** Ad account, audience, pixel, lead, and events of a CRM: the numbers of TikTok's document. */
const SCOPES = [1, 3, 8, 12_000_000, "7294180478502830081"];

/** Signing in at TikTok for Business: a page that says yes at a click, codes that serve once and for an hour. */
export class SandboxOAuth {
  readonly #codes = new Map<string, number>();
  readonly #revoked = new Set<string>();
  readonly #now: () => number;
  readonly #onRevoke: () => void;

  constructor(now: () => number, onRevoke: () => void) {
    this.#now = now;
    this.#onRevoke = onRevoke;
  }

  /** A token that was revoked is a wrong one. */
  check(checkToken: TokenCheck): TokenCheck {
    return (token) => (token !== undefined && this.#revoked.has(token) ? "bad" : checkToken(token));
  }

  clear(): void {
    this.#codes.clear();
    this.#revoked.clear();
  }

  routes(route: BusinessRoute, accounts: () => readonly { advertiser_id: string; name: string }[]): readonly Route[] {
    const badParameters = { code: 40101, message: "app_id or secret is missing or wrong" };
    return [
      { pattern: /^\/portal\/auth$/, handle: ({ url }) => this.#consentPage(url.searchParams) },
      { pattern: /^\/portal\/auth\/allow$/, handle: ({ url }) => this.#allow(url.searchParams) },
      route(
        "POST",
        "/oauth2/access_token/",
        ({ body }) => {
          if (!isApp(body)) return badParameters;
          const given = this.#codes.get(String(body.auth_code));
          this.#codes.delete(String(body.auth_code));
          if (given === undefined || this.#now() - given > HOUR) {
            return { code: 40110, message: "auth_code is wrong, was used before or has expired" };
          }
          const ids = accounts().map(({ advertiser_id }) => advertiser_id);
          const data = {
            access_token: `sandbox-${randomBytes(16).toString("hex")}`,
            token_type: "Bearer",
            scope: SCOPES,
            ...(body.return_advertiser_ids !== false && { advertiser_ids: ids }),
          };
          return { data };
        },
        { takesToken: false },
      ),
      route(
        "POST",
        "/oauth2/revoke_token/",
        ({ body }) => {
          if (!isApp(body) || typeof body.access_token !== "string") return badParameters;
          this.#revoked.add(body.access_token);
          this.#onRevoke();
          return { data: {} };
        },
        { takesToken: false },
      ),
      route("GET", "/oauth2/advertiser/get/", ({ query }) => {
        if (!isApp(query)) return badParameters;
        return {
          data: { list: accounts().map(({ advertiser_id, name }) => ({ advertiser_id, advertiser_name: name })) },
        };
      }),
      route("GET", "/user/info/", () => ({
        data: { core_user_id: "7300000000000000001", display_name: "Sandbox", create_time: 1_700_000_000 },
      })),
    ];
  }

  #consentPage(parameters: URLSearchParams) {
    const target = readTarget(parameters);
    if (!target) return refused;
    const allow = escapeHtml(`/portal/auth/allow?${parameters}`);
    const body = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sandbox: sign in</title>
<h1>Sandbox for TikTok for Business</h1>
<p>App ${escapeHtml(parameters.get("app_id") ?? "")} asks for access to the ad accounts of this sandbox.</p>
<p><a href="${allow}" id="allow">Allow</a></p></html>`;
    return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body };
  }

  #allow(parameters: URLSearchParams) {
    const target = readTarget(parameters);
    if (!target) return refused;
    const code = randomBytes(20).toString("hex");
    this.#codes.set(code, this.#now());
    target.searchParams.set("auth_code", code);
    target.searchParams.set("state", parameters.get("state") ?? "");
    return { status: 302, headers: { location: target.href } };
  }
}

const refused = {
  status: 400,
  body: "app_id is missing, or redirect_uri is no address on this machine: the sandbox sends people nowhere else",
};

function isApp({ app_id, secret }: Readonly<Record<string, unknown>>): boolean {
  return [app_id, secret].every((value) => typeof value === "string" && value !== "");
}

function readTarget(parameters: URLSearchParams): URL | undefined {
  const target = URL.parse(parameters.get("redirect_uri") ?? "");
  const isLocal = target && ["127.0.0.1", "localhost", "[::1]"].includes(target.hostname);
  return parameters.get("app_id") && isLocal && /^https?:$/.test(target.protocol) ? target : undefined;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
