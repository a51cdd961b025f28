import type { SandboxEndpoint } from "../../received.js";
import { endpoints } from "../model/endpoints.js";
import { duration, money, number } from "../model/words.js";
import { counts, funnel, rows, setFilter, settled } from "../state.js";

export function Overview() {
  settled.value;
  return (
    <>
      <FunnelChart />
      <EndpointTable />
      <ErrorTable />
      <p class="note">
        Figures of the {number(rows.copies)} copies that are kept, at most {number(rows.maxCopies)}.
      </p>
    </>
  );
}

/** The steps as bars, with what is lost between them. */
function FunnelChart() {
  const steps = funnel.steps();
  const most = Math.max(1, ...steps.map(({ count }) => count));
  const revenue = funnel.revenue();
  return (
    <section class="card">
      <h2>Funnel</h2>
      <table class="funnel">
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Events</th>
            <th scope="col">Drop-off</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ label, stage, count, dropOff }, index) => (
            <tr key={label}>
              <th scope="row">
                {label}
                {stage !== label && steps[index - 1]?.stage !== stage && <small>{stage}</small>}
              </th>
              <td>
                <span class="funnel-bar">
                  <span style={{ width: `${(count / most) * 100}%` }} />
                  <b>{number(count)}</b>
                </span>
              </td>
              <td class="drop">
                {dropOff === undefined ? "" : dropOff === 0 ? "0 %" : `−${Math.round(dropOff * 100)} %`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {revenue.length > 0 && (
        <dl class="revenue">
          <dt>Revenue</dt>
          {revenue.map(({ currency, amount }) => (
            <dd key={currency}>{money(amount, currency)}</dd>
          ))}
        </dl>
      )}
      <p class="note">Events of one id count once, over both vendors and sides; events without an id count each.</p>
    </section>
  );
}

function EndpointTable() {
  const used = (Object.keys(endpoints) as SandboxEndpoint[]).filter((name) => {
    const { counted, deduplicated, refused } = counts.endpoints[name];
    return counted + deduplicated + refused > 0;
  });
  return (
    <section class="card">
      <h2>Endpoints</h2>
      {used.length === 0 ? (
        <p class="hint">None has been called.</p>
      ) : (
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">Endpoint</th>
              <th scope="col">Counted</th>
              <th scope="col">
                <abbr title="Deduplicated">Dedup.</abbr>
              </th>
              <th scope="col">Refused</th>
              <th scope="col">Delay</th>
              <th scope="col">p95</th>
            </tr>
          </thead>
          <tbody>
            {used.map((name) => {
              const { counted, deduplicated, refused, delays } = counts.endpoints[name];
              return (
                <tr key={name}>
                  <th scope="row">{endpoints[name].label}</th>
                  <td>{number(counted)}</td>
                  <td>{number(deduplicated)}</td>
                  <td class={refused > 0 ? "bad" : ""}>{number(refused)}</td>
                  <td>{delay(delays.percentile(0.5))}</td>
                  <td>{delay(delays.percentile(0.95))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <p class="note">Delay: from the event's time to its arrival, median. The APIs take whole seconds.</p>
    </section>
  );
}

const delay = (milliseconds: number | undefined) => (milliseconds === undefined ? "–" : duration(milliseconds));

function ErrorTable() {
  const errors = [...counts.errors.values()].sort((a, b) => b.count - a.count).slice(0, 20);
  if (errors.length === 0) return null;
  return (
    <section class="card">
      <h2>Refusals</h2>
      <table class="figures errors">
        <thead>
          <tr>
            <th scope="col">Code</th>
            <th scope="col">The first one's words</th>
            <th scope="col">Requests</th>
          </tr>
        </thead>
        <tbody>
          {errors.map(({ endpoint, code, message, count }) => (
            <tr key={`${endpoint} ${code}`}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  title="Show these"
                  onClick={() => setFilter({ state: "refused", text: code })}
                >
                  {code}
                </button>
              </th>
              <td class="words">
                <small>{endpoints[endpoint].label}</small>
                {message}
              </td>
              <td>{number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
