import { accountRoles, readAccountStatus } from "../../../tiktok-business/account-tables.js";
import type { SandboxAccount } from "../../tiktok-business/accounts.js";
import { accounts, audiences, forms, subscriptions } from "../business.js";
import { hostOf } from "../model/lead-words.js";
import { count, money } from "../model/words.js";
import { Badge } from "./badge.js";
import { CopiedId } from "./copied-id.js";

/** The ad accounts that every token of the sandbox reaches. */
export function AccountsView() {
  return (
    <main class="board" aria-labelledby="view-title">
      <header class="board-head">
        <h2 id="view-title">Ad accounts at TikTok</h2>
        <p>
          What any token of this sandbox reaches. <code>npx beaconry accounts --sandbox {location.origin}</code> lists
          them, <code>connect tiktok</code> picks one, or makes another with <code>--new-account</code>.
        </p>
      </header>
      <ul class="account-list">
        {accounts.value?.map((account) => (
          <Account key={account.advertiser_id} account={account} />
        ))}
      </ul>
    </main>
  );
}

function Account({ account }: { readonly account: SandboxAccount }) {
  const { meaning, usable } = readAccountStatus(account.status);
  const roles: Readonly<Record<string, string>> = accountRoles;
  const id = account.advertiser_id;
  const own = audiences.value?.filter(({ accountId }) => accountId === id).length ?? 0;
  const shared = audiences.value?.filter(({ sharedWith }) => sharedWith.includes(id)).length ?? 0;
  const asked = forms.value.filter(({ advertiser_id }) => advertiser_id === id).length;
  const webhooks = subscriptions.value?.filter(
    ({ entity, details }) => entity === "LEAD" && details.advertiser_id === id,
  );
  const has = [count(own, "audience"), ...(shared > 0 ? [`${shared} shared with it`] : []), count(asked, "form")];
  return (
    <li class="account">
      <h3>
        {account.name}
        <Badge tone={usable ? "good" : "warn"} label={usable ? "Can be used" : "Can not be used"} />
      </h3>
      <dl class="facts">
        <dt>Account id</dt>
        <dd>
          <CopiedId id={id} label="account" />
        </dd>
        <dt>Status</dt>
        <dd>
          <code>{account.status}</code> {meaning}
        </dd>
        {account.rejection_reason !== undefined && (
          <>
            <dt>Reason</dt>
            <dd>{account.rejection_reason}</dd>
          </>
        )}
        <dt>Role</dt>
        <dd>
          <code>{account.role}</code> {roles[account.role]}
        </dd>
        <dt>Business Center</dt>
        <dd>
          {account.owner_bc_id === undefined ? (
            <span class="none">none</span>
          ) : (
            <CopiedId id={account.owner_bc_id} label="Business Center" />
          )}
        </dd>
        <dt>Place</dt>
        <dd>
          {account.company}, {account.country}, {account.timezone}
        </dd>
        <dt>Balance</dt>
        <dd>{money(account.balance, account.currency)}</dd>
        <dt>Pixels</dt>
        <dd>
          {account.pixels.length === 0 ? (
            <span class="none">none</span>
          ) : (
            account.pixels.map(({ pixel_code, pixel_name }) => (
              <span key={pixel_code} class="pixel">
                {pixel_name} <CopiedId id={pixel_code} label="pixel" />
              </span>
            ))
          )}
        </dd>
        <dt>Leads go to</dt>
        <dd>
          {webhooks?.length ? (
            [...new Set(webhooks.map(({ callbackUrl }) => hostOf(callbackUrl)))].join(", ")
          ) : (
            <span class="none">nobody</span>
          )}
        </dd>
        <dt>Has</dt>
        <dd>{has.join(", ")}</dd>
      </dl>
    </li>
  );
}
