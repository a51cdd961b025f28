import type { SandboxLead } from "../../tiktok-business/leads/lead.js";
import { leads } from "../business.js";
import { answerWords, deliveryWords, hostOf, leadWords, personOf, triesWords } from "../model/lead-words.js";
import { dateTime, number, time } from "../model/words.js";
import { Badge } from "./badge.js";
import { CopiedId } from "./copied-id.js";
import { LeadForm } from "./lead-form.js";
import { Subscriptions } from "./subscriptions.js";

/** Leads of TikTok's instant forms, newest first; where they are sent to; a form to hand another one in. */
export function LeadsView() {
  const known = leads.value;
  return (
    <main class="board leads" aria-labelledby="view-title">
      <section class="lead-list">
        <header class="board-head">
          <h2 id="view-title">Leads at TikTok</h2>
          <p>
            What people answered in instant forms. Each goes by webhook to whoever subscribed, until that answers 200.
          </p>
        </header>
        {known?.total === 0 && <NoLead />}
        <ul class="items">
          {known?.leads.toReversed().map((lead) => (
            <li key={lead.id}>
              <Lead lead={lead} />
            </li>
          ))}
        </ul>
        {known && known.total > known.leads.length && (
          <p class="note">
            The newest {number(known.leads.length)} of {number(known.total)}.
          </p>
        )}
      </section>
      <aside class="lead-side" aria-label="Subscriptions, and a lead of your own">
        <Subscriptions />
        <LeadForm />
      </aside>
    </main>
  );
}

function NoLead() {
  return (
    <div class="nothing-yet">
      <h3>Nobody has handed in a form yet</h3>
      <p>
        Be the first, with the form on this page. By code: <code>sandbox.submitLead</code>, or{" "}
        <code>POST /_sandbox/leads</code>; the form's one test lead: <code>beaconry leads test</code>.
      </p>
    </div>
  );
}

function Lead({ lead }: { readonly lead: SandboxLead }) {
  const { label, tone } = leadWords(lead);
  const hosts = [...new Set(lead.deliveries.map(({ callbackUrl }) => hostOf(callbackUrl)))];
  return (
    <details class="item">
      <summary class="lead-line">
        <span class="cell-time">{time(lead.createdAt).slice(0, 8)}</span>
        <span class="item-name">
          <b>{personOf(lead)}</b>
          {lead.isTest && <span class="kind">test lead</span>}
          <small>{lead.formName}</small>
        </span>
        <span class="item-state">
          <Badge tone={tone} label={label} />
          {hosts.length > 0 && <small>{hosts.join(", ")}</small>}
        </span>
      </summary>
      <LeadDetail lead={lead} />
    </details>
  );
}

function LeadDetail({ lead }: { readonly lead: SandboxLead }) {
  return (
    <div class="item-body">
      <section class="card">
        <h3>Answers</h3>
        <dl class="facts">
          {Object.entries(lead.answers).map(([question, answer]) => (
            <Fact key={question} term={question} value={answer} />
          ))}
        </dl>
      </section>
      <section class="card">
        <h3>Webhooks</h3>
        {lead.deliveries.length === 0 ? (
          <p class="hint">Nobody had subscribed to this form when it was handed in.</p>
        ) : (
          <ul class="deliveries">
            {lead.deliveries.map((delivery) => {
              const { label, tone } = deliveryWords(delivery);
              return (
                <li key={delivery.subscriptionId}>
                  <p>
                    <b>{hostOf(delivery.callbackUrl)}</b> <Badge tone={tone} label={label} />
                  </p>
                  <p>
                    {triesWords(delivery)}, last answer: {answerWords(delivery)}
                  </p>
                  <small class="mono">{delivery.callbackUrl}</small>
                </li>
              );
            })}
          </ul>
        )}
      </section>
      <section class="card">
        <h3>This lead</h3>
        <dl class="facts">
          <dt>Lead id</dt>
          <dd>
            <CopiedId id={lead.id} label="lead" />
          </dd>
          <dt>Form id</dt>
          <dd>
            <CopiedId id={lead.formId} label="form" />
          </dd>
          <dt>Account id</dt>
          <dd class="mono">{lead.accountId}</dd>
          <dt>Handed in</dt>
          <dd>{dateTime(lead.createdAt)}</dd>
          <dt>Kept in</dt>
          <dd>{lead.region === undefined ? "the rest of the world" : lead.region.toUpperCase()}</dd>
        </dl>
      </section>
    </div>
  );
}

function Fact({ term, value }: { readonly term: string; readonly value: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </>
  );
}
