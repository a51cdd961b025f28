import { useMemo, useState } from "preact/hooks";
import type { ReceivedEvent } from "../../received.js";
import { consentFlags, deviceAddress } from "../model/consent-flags.js";
import { endpoints, sideLabels, vendorLabels } from "../model/endpoints.js";
import { explain, explainAge } from "../model/explain.js";
import { matchQuality } from "../model/match-quality.js";
import { type Copy, type EventRow, type Row, sideOf, states } from "../model/row.js";
import { evidenceOf } from "../model/rows.js";
import { dateTime, duration, money } from "../model/words.js";
import { getEvent, type EventDetail as Loaded } from "../sandbox-client.js";
import { rows, select, settled } from "../state.js";
import { JsonView } from "./json-view.js";
import { Quality } from "./quality.js";
import { Answer, RequestFacts, WholeRequest } from "./request-detail.js";
import { nameOf } from "./row-view.js";
import { useLoaded } from "./use-loaded.js";

/** One event with all its copies. */
export function EventDetail({ row }: { readonly row: EventRow }) {
  settled.value;
  const [chosen, setChosen] = useState<number | undefined>(undefined);
  const copy = row.copies.find(({ sequence }) => sequence === chosen) ?? row.copies[0];
  const { label, tone, isIssue } = states[row.state];
  const age = explainAge(row);
  const relatives = rows.relatives(row);
  const refused = row.state === "alone" ? rows.refusedCopy(row) : undefined;
  // It may look at every row: not each time that another comes.
  const why = useMemo(() => explain(row, rows), [row, row.state, row.copies.length, row.more]);
  return (
    <>
      <header class="detail-head">
        <p>
          <span class={`vendor ${row.vendor}`}>{vendorLabels[row.vendor]}</span>
          <span class={`badge ${tone}`}>{label}</span>
        </p>
        <h2 id="panel-title" tabIndex={-1}>
          {row.name}
        </h2>
        <p class="mono">{row.id ?? "no event id"}</p>
      </header>
      <p class={isIssue ? `callout ${tone}` : "callout"}>{why}</p>
      {age && <p class="callout warn">{age}</p>}
      {refused && (
        <p>
          <button type="button" class="link" onClick={() => select(refused, true)}>
            The refused request: {refused.entry.refusal.code}
          </button>
        </p>
      )}
      <Relatives row={row} relatives={relatives} />
      <Quality quality={matchQuality(evidenceOf(row))} copies={row.copies.length} />
      {row.copies.length > 1 && (
        <fieldset class="segments copies">
          <legend class="hidden-text">Copy</legend>
          {row.copies.map((one) => (
            <label key={one.sequence}>
              <input type="radio" name="copy" checked={one === copy} onChange={() => setChosen(one.sequence)} />
              <span>
                {sideLabels[sideOf(one)]}
                <small>{one.merged ? "merged" : one.outcome}</small>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {row.more > 0 && <p class="note">{row.more} further copies are counted but not kept here.</p>}
      {copy && <CopyDetail key={copy.sequence} copy={copy} />}
    </>
  );
}

/** The same id under another name, or at the other vendor. */
function Relatives({ row, relatives }: { readonly row: EventRow; readonly relatives: readonly EventRow[] }) {
  if (relatives.length === 0) return null;
  const renamed = relatives.find((other) => other.vendor === row.vendor);
  return (
    <div class="relatives">
      {renamed && (
        <p class="callout warn">
          The same id came as {renamed.name} too. {vendorLabels[row.vendor]} recognises copies by name and id together:
          to it these are two events.
        </p>
      )}
      <p>
        Same id:{" "}
        {relatives.map((other) => (
          <button key={other.order} type="button" class="link" onClick={() => select(other, true)}>
            {titleOf(other)}
          </button>
        ))}
      </p>
    </div>
  );
}

function titleOf(row: Row): string {
  const name = row.kind === "event" ? row.name : nameOf(row);
  return `${vendorLabels[row.vendor]} ${name}, ${states[row.state].label.toLowerCase()}`;
}

function CopyDetail({ copy }: { readonly copy: Copy }) {
  const loaded = useLoaded((signal) => getEvent(copy.sequence, signal), [copy.sequence]);
  const { label, source } = endpoints[copy.endpoint];
  return (
    <>
      {copy.warnings.length > 0 && (
        <section class="card">
          <h3>Warnings</h3>
          <ul class="warnings">
            {copy.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </section>
      )}
      <section class="card">
        <h3>This copy</h3>
        <dl class="facts">
          <dt>Came to</dt>
          <dd>{label}</dd>
          <dt>{source}</dt>
          <dd class="mono">{copy.sourceId}</dd>
          <dt>Arrived</dt>
          <dd>{dateTime(copy.receivedAt)}</dd>
          <dt>Happened</dt>
          <dd>
            {copy.time === undefined
              ? "not said"
              : `${dateTime(copy.time)}, ${duration(Math.max(0, copy.receivedAt - copy.time))} before`}
          </dd>
          {copy.value !== undefined && (
            <>
              <dt>Value</dt>
              <dd>{money(copy.value, copy.currency ?? "")}</dd>
            </>
          )}
          {copy.faults && (
            <>
              <dt>Faults</dt>
              <dd>{copy.faults.join(", ")}</dd>
            </>
          )}
          {loaded.value && <Address {...loaded.value} />}
          {loaded.value?.event.testEventCode !== undefined && (
            <>
              <dt>Test event code</dt>
              <dd class="mono">{loaded.value.event.testEventCode}</dd>
            </>
          )}
        </dl>
      </section>
      {loaded.error && <p class="callout warn">{loaded.error}.</p>}
      {loaded.value && <LoadedDetail {...loaded.value} />}
    </>
  );
}

function Address({ event }: Loaded) {
  const { field, value } = deviceAddress(event);
  return (
    <>
      <dt>Device address</dt>
      <dd>
        {value === undefined ? <span class="none">none</span> : <code>{value}</code>} <small>{field}</small>
      </dd>
    </>
  );
}

/** An app event's device and person are in the parameters of its request, which all its events share. */
function Parameters({ payload }: ReceivedEvent) {
  const { custom_events: events, ...parameters } = payload;
  return events === undefined ? null : <JsonView title="Parameters of its request" value={parameters} />;
}

function LoadedDetail({ event, request }: Loaded) {
  const flags = consentFlags(event);
  return (
    <>
      <section class="card">
        <h3>Consent flags</h3>
        {flags.length === 0 ? (
          <p class="hint">None. On the web that is usual: without consent nothing is to be sent at all.</p>
        ) : (
          <dl class="flags">
            {flags.map(({ field, value, meaning }) => (
              <div key={field}>
                <dt>
                  <code>{field}</code> <b>{value}</b>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      <JsonView title="Event as sent" value={event.data} />
      {event.endpoint === "meta.appEvents" && <Parameters {...event} />}
      {request ? (
        <>
          <RequestFacts request={request} />
          <WholeRequest request={request} />
          <Answer request={request} />
        </>
      ) : (
        <p class="note">The request that brought it is no longer kept.</p>
      )}
    </>
  );
}
