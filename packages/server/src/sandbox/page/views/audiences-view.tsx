import type { SandboxAudienceChange } from "../../tiktok-business/audiences/audience.js";
import { accounts, audiences } from "../business.js";
import { clock } from "../clock.js";
import { audienceStates, changeWords, idTypeWords } from "../model/audience-words.js";
import { count, dateTime, duration, number, time } from "../model/words.js";
import type { AudienceFacts } from "../sandbox-client.js";
import { settled } from "../state.js";
import { Badge } from "./badge.js";
import { Command } from "./command.js";
import { CopiedId } from "./copied-id.js";

/** Changes shown of an audience: the newest. */
const MOST_CHANGES = 100;

/** The custom audiences and streaming segments of all accounts, newest first. */
export function AudiencesView() {
  const known = audiences.value;
  return (
    <main class="board" aria-labelledby="view-title">
      <header class="board-head">
        <h2 id="view-title">Audiences at TikTok</h2>
        <p>
          Custom audiences of files, and streaming segments, by TikTok's rules: processed after each change of files, of
          use from 1,000 people on.
        </p>
      </header>
      {known?.length === 0 && <NoAudience />}
      <ul class="items">
        {known?.toReversed().map((audience) => (
          <li key={audience.id}>
            <Audience audience={audience} />
          </li>
        ))}
      </ul>
    </main>
  );
}

function NoAudience() {
  const command = `npx beaconry audience sync --csv customers.csv --name "Customers" --sandbox ${location.origin}`;
  return (
    <div class="nothing-yet">
      <h3>No audience yet</h3>
      <p>
        Bring the people of a CSV with a column <code>email</code>, at least 1,000 of them:
      </p>
      <Command text={command} label="The command that makes an audience" />
      <p>
        By code: <code>syncAudience</code>, or <code>tiktokBusiness(…).audiences.create</code>; for people one by one{" "}
        <code>audiences.segments.create</code>.
      </p>
    </div>
  );
}

function Audience({ audience }: { readonly audience: AudienceFacts }) {
  const { id, name, kind, size, status, idTypes, history } = audience;
  const state = audienceStates[status];
  const last = history.at(-1);
  return (
    <details class="item">
      <summary class="audience-line">
        <span class="item-name">
          <b>{name}</b>
          {kind === "segment" && <span class="kind">streaming segment</span>}
          <small class="mono">{id}</small>
        </span>
        <span class="item-size">
          <b>{number(size)}</b> <small>{size === 1 ? "id" : "ids"}</small>
        </span>
        <span class="item-ids">{idTypes.length === 0 ? "no ids yet" : idTypes.map(idTypeWords).join(", ")}</span>
        <span class="item-state">
          <Badge tone={state.tone} label={state.label} title={state.meaning} />
          {status === "processing" && <Until readyAt={audience.readyAt} />}
        </span>
        <span class="item-last">{last && `${changeWords[last.action]} ${time(last.at).slice(0, 8)}`}</span>
      </summary>
      <AudienceDetail audience={audience} />
    </details>
  );
}

/** How long it is processed still; drawn anew each second. */
function Until({ readyAt }: { readonly readyAt: number }) {
  settled.value;
  const left = Math.max(0, readyAt - clock());
  return <small>ready in {duration(Math.ceil(left / 1_000) * 1_000)}</small>;
}

const nameOf = (accountId: string) =>
  accounts.value?.find(({ advertiser_id }) => advertiser_id === accountId)?.name ?? accountId;

function AudienceDetail({ audience }: { readonly audience: AudienceFacts }) {
  const { id, accountId, calculateType, idTypes, status, readyAt, expiresAt, sharedWith, history } = audience;
  return (
    <div class="item-body">
      <p class="callout">{audienceStates[status].meaning}</p>
      <dl class="facts">
        <dt>Audience id</dt>
        <dd>
          <CopiedId id={id} label="audience" />
        </dd>
        <dt>Account</dt>
        <dd>
          {nameOf(accountId)} <small class="mono">{accountId}</small>
        </dd>
        <dt>Identifiers</dt>
        <dd>
          <code>{calculateType ?? (idTypes.join(", ") || "none yet")}</code>
          {calculateType !== undefined && idTypes.join() !== calculateType && (
            <small> with columns {idTypes.join(", ")}</small>
          )}
        </dd>
        <dt>{status === "processing" ? "Ready" : "Ready since"}</dt>
        <dd>{dateTime(readyAt).slice(0, 19)}</dd>
        <dt>Expires</dt>
        <dd>{dateTime(expiresAt).slice(0, 16)}</dd>
        <dt>Shared with</dt>
        <dd>
          {sharedWith.length === 0 ? (
            <span class="none">nobody</span>
          ) : (
            sharedWith.map((shared) => (
              <span key={shared} class="shared">
                {nameOf(shared)} <small class="mono">{shared}</small>
              </span>
            ))
          )}
        </dd>
      </dl>
      <History history={history} />
    </div>
  );
}

function History({ history }: { readonly history: readonly SandboxAudienceChange[] }) {
  const sizes = history.map(({ size }, index) => size - (history[index - 1]?.size ?? 0));
  const rows = history.map((change, index) => ({ change, more: sizes[index] ?? 0 })).slice(-MOST_CHANGES);
  return (
    <section class="card">
      <h3>History</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <section class="wide-table" tabIndex={0} aria-label="History">
        <table class="figures history">
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">When</th>
              <th scope="col">Files</th>
              <th scope="col">Rows</th>
              <th scope="col">Left out</th>
              <th scope="col">Change</th>
              <th scope="col">Ids after</th>
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map(({ change, more }, index) => (
              <tr key={history.length - index}>
                <th scope="row">
                  {changeWords[change.action]} <code>{change.action}</code>
                  {change.detail !== undefined && <small>{change.detail}</small>}
                </th>
                <td>{time(change.at).slice(0, 8)}</td>
                <td>{change.files > 0 ? number(change.files) : "–"}</td>
                <td>{change.rows > 0 ? number(change.rows) : "–"}</td>
                <td class={change.badRows > 0 ? "bad" : ""}>{change.files > 0 ? number(change.badRows) : "–"}</td>
                <td>{more === 0 ? "–" : `${more > 0 ? "+" : "−"}${number(Math.abs(more))}`}</td>
                <td>{number(change.size)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {history.length > MOST_CHANGES && <p class="note">The last {count(MOST_CHANGES, "change")}.</p>}
      <p class="note">Rows are left out when a value is not of its column's kind, or none is there.</p>
    </section>
  );
}
