import { useState } from "preact/hooks";
import type { ReceivedRequest } from "../../received.js";
import { endpoints, vendorLabels } from "../model/endpoints.js";
import type { RequestRow } from "../model/row.js";
import { count, dateTime, duration, size } from "../model/words.js";
import { getRequest } from "../sandbox-client.js";
import { JsonView } from "./json-view.js";
import { nameOf } from "./row-view.js";
import { useLoaded } from "./use-loaded.js";

/** Larger ones are loaded on demand, bytes. */
const SMALL = 500_000;

type Request = Omit<ReceivedRequest, "body"> & { readonly body?: unknown };

/** One request that was not taken: what the vendor says of it, and where. */
export function RequestDetail({ row }: { readonly row: RequestRow }) {
  const { entry } = row;
  const { refusal, sent, taken } = entry;
  const [isWanted, setWanted] = useState(entry.bytes <= SMALL);
  return (
    <>
      <header class="detail-head">
        <p>
          <span class={`vendor ${row.vendor}`}>{vendorLabels[row.vendor]}</span>
          <span class="badge bad">Refused</span>
          <span class="code">{refusal.code}</span>
        </p>
        <h2 id="panel-title" tabIndex={-1}>
          {nameOf(row)}
        </h2>
      </header>
      <p class="callout bad">{refusal.message}</p>
      {refusal.path && (
        <p class="note">
          Place in the body: <code>{refusal.path.join(" › ")}</code>, marked below.
        </p>
      )}
      <section class="card">
        <h3>This request</h3>
        <dl class="facts">
          <dt>Came to</dt>
          <dd>{endpoints[entry.endpoint].label}</dd>
          {entry.sourceId !== "" && (
            <>
              <dt>{endpoints[entry.endpoint].source}</dt>
              <dd class="mono">{entry.sourceId}</dd>
            </>
          )}
          <dt>Answered</dt>
          <dd>{dateTime(entry.receivedAt)}</dd>
          {entry.endpoint !== "tiktok.business" && (
            <>
              <dt>Events</dt>
              <dd>
                {count(sent, "event")} sent, {taken === 0 ? "none" : taken} taken
              </dd>
            </>
          )}
          {entry.faults && (
            <>
              <dt>Faults</dt>
              <dd>{entry.faults.join(", ")}: set here, not the sender's mistake</dd>
            </>
          )}
        </dl>
      </section>
      {isWanted ? (
        <LoadedRequest row={row} />
      ) : (
        <p>
          <button type="button" class="button" onClick={() => setWanted(true)}>
            Load the request, {size(entry.bytes)}
          </button>
        </p>
      )}
    </>
  );
}

function LoadedRequest({ row: { entry } }: { readonly row: RequestRow }) {
  const { value: request, error } = useLoaded((signal) => getRequest(entry.sequence, signal), [entry.sequence]);
  if (error) return <p class="callout warn">{error}.</p>;
  if (!request) return null;
  return (
    <>
      <RequestFacts request={request} />
      {request.body !== undefined && <JsonView title="Body as sent" value={request.body} marked={entry.refusal.path} />}
      <Answer request={request} />
    </>
  );
}

export function RequestFacts({ request }: { readonly request: Request }) {
  const headers = Object.entries(request.headers);
  return (
    <section class="card">
      <h3>Request</h3>
      <p class="request-line">
        <b>{request.method}</b> <code>{request.path}</code>
      </p>
      <details>
        <summary>{count(headers.length, "header")}</summary>
        <dl class="headers">
          {headers.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

/** The body of the request that brought an event, which may have a thousand others. */
export function WholeRequest({ request }: { readonly request: Request }) {
  const [isWanted, setWanted] = useState(false);
  if (request.bytes === 0) return null;
  if (!isWanted) {
    return (
      <p>
        <button type="button" class="link" onClick={() => setWanted(true)}>
          Show the whole body: {count(request.events, "event")}, {size(request.bytes)}
        </button>
      </p>
    );
  }
  return <WholeBody sequence={request.sequence} />;
}

function WholeBody({ sequence }: { readonly sequence: number }) {
  const { value, error } = useLoaded((signal) => getRequest(sequence, signal), [sequence]);
  if (error) return <p class="callout warn">{error}.</p>;
  return value ? <JsonView title="Whole body as sent" value={value.body} /> : <p class="note">Loading…</p>;
}

export function Answer({ request }: { readonly request: Request }) {
  const { status, answer, answerHeaders, duration: took } = request;
  const headers = Object.entries(answerHeaders ?? {});
  return (
    <>
      <section class="card">
        <h3>Answer</h3>
        <p class="request-line">
          {status === undefined ? <b>none: the connection was cut</b> : <b>HTTP {status}</b>} after {duration(took)}
        </p>
        {headers.length > 0 && (
          <dl class="headers">
            {headers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        )}
      </section>
      {answer !== undefined && <JsonView title="Body of the answer" value={answer} />}
    </>
  );
}
