import type { NewSandboxLead, SandboxLeads } from "../tiktok-business/leads/lead-routes.js";
import { refusal } from "./refusal.js";
import type { ControlRoute } from "./route.js";

/** `/_sandbox/leads`: list, or hand one in. */
export function leadRoutes(leads: SandboxLeads): readonly ControlRoute[] {
  return [
    { method: "GET", path: /^\/leads$/, handle: () => ({ status: 200, body: { leads: leads.list() } }) },
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
