import type { SandboxSubscription } from "../../tiktok-business/leads/subscription.js";
import { forms, subscriptions } from "../business.js";
import { hostOf } from "../model/lead-words.js";
import { Badge } from "./badge.js";
import { Command } from "./command.js";
import { CopiedId } from "./copied-id.js";

/** Who is told, and of what. */
export function Subscriptions() {
  const known = subscriptions.value;
  return (
    <section class="card">
      <h2>Subscriptions</h2>
      {known?.length === 0 && <NoSubscription />}
      <ul class="subscriptions">
        {known?.map((subscription) => (
          <Subscription key={subscription.id} subscription={subscription} />
        ))}
      </ul>
    </section>
  );
}

function NoSubscription() {
  const command = [
    `npx beaconry connect tiktok --app-id 700 --sandbox ${location.origin}`,
    `npx beaconry leads subscribe --callback http://127.0.0.1:8080/leads/9f86d081884c7d659a2f --sandbox ${location.origin}`,
  ].join("\n");
  return (
    <>
      <p class="hint">None: leads are kept, and sent to nobody. Subscribe a webhook on this machine:</p>
      <Command text={command} label="The commands that subscribe" />
      <p class="hint">
        By code: <code>tiktokBusiness(…).subscriptions.subscribe</code>.
      </p>
    </>
  );
}

function Subscription({ subscription }: { readonly subscription: SandboxSubscription }) {
  const { id, appId, entity, callbackUrl, details, alive } = subscription;
  const form = forms.value.find(({ page_id }) => page_id === details.page_id);
  return (
    <li>
      <p>
        <b>{hostOf(callbackUrl)}</b>
        <Badge
          tone={alive ? "good" : "bad"}
          label={alive ? "Alive" : "Dead"}
          title={alive ? "Its token is good" : "Its token was revoked: nothing is sent any more"}
        />
      </p>
      <p>
        <code>{entity}</code> {form ? `of the form ${form.page_name}` : entity === "LEAD" ? "of every form" : ""}
        <small> for app {appId}</small>
      </p>
      <small class="mono">{callbackUrl}</small>
      <CopiedId id={id} label="subscription" />
    </li>
  );
}
