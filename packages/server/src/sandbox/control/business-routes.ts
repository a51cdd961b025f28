import type { SandboxBusiness } from "../tiktok-business/business.js";
import { sandboxForms } from "../tiktok-business/leads/forms.js";
import type { NewSandboxLead } from "../tiktok-business/leads/lead.js";
import { refusal } from "./refusal.js";
import type { ControlRoute } from "./route.js";

/** `/_sandbox/accounts`, `audiences`, `leads`, `forms`, `subscriptions`: what TikTok's Business API has; hand a lead in. */
export function businessRoutes({ accounts, audiences, leads }: SandboxBusiness): readonly ControlRoute[] {
  const list = (path: RegExp, read: () => object): ControlRoute => ({
    method: "GET",
    path,
    handle: () => ({ status: 200, body: read() }),
  });
  return [
    list(/^\/accounts$/, () => ({ accounts: accounts.list() })),
    list(/^\/audiences$/, () => ({ audiences: audiences.list() })),
    list(/^\/forms$/, () => ({ forms: sandboxForms })),
    list(/^\/subscriptions$/, () => ({ subscriptions: leads.subscriptions.list() })),
    {
      method: "GET",
      path: /^\/leads$/,
      handle: ({ url }) => {
        const last = url.searchParams.get("last");
        if (last !== null && !/^[1-9]\d{0,8}$/.test(last)) {
          return refusal(400, "invalid_option", "last is a text that does not fit, accepted is a whole number from 1");
        }
        return { status: 200, body: { total: leads.size, leads: last === null ? leads.list() : leads.list(+last) } };
      },
    },
    {
      method: "POST",
      path: /^\/leads$/,
      handle: ({ json }) => {
        if (typeof json !== "object" || json === null) return refusal(400, "invalid_json", "the body is no object");
        return { status: 201, body: leads.submit(json as NewSandboxLead) };
      },
    },
  ];
}
