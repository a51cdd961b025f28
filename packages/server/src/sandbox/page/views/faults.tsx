import { useState } from "preact/hooks";
import type { ActiveFault, Fault, FaultKind } from "../../faults/fault.js";
import { endpointsFor, faultKinds, metaLimitCodes, tikTokLimitCodes } from "../../faults/kinds.js";
import type { SandboxEndpoint } from "../../received.js";
import { businessPaths } from "../../tiktok-business/paths.js";
import { endpoints } from "../model/endpoints.js";
import { count } from "../model/words.js";
import { addFault, clearFaults, removeFault } from "../sandbox-client.js";
import { spoken } from "../state.js";
import { Icon } from "./icons.js";

const kindLabels: Readonly<Record<FaultKind, string>> = {
  latency: "Latency",
  rateLimit: "Rate limit",
  serverError: "Server error",
  html: "HTML in the place of JSON",
  cut: "Cut connection",
  slowBody: "Slow body",
  expiredToken: "Expired token",
  partialSuccess: "Partial success",
  answer: "Answer of your own",
};

interface Props {
  readonly faults: readonly ActiveFault[];
  readonly reload: () => void;
}

/** What goes wrong on purpose: seen, taken away, set. */
export function Faults({ faults, reload }: Props) {
  const [error, setError] = useState("");
  const act = async (action: Promise<unknown>, said: string) => {
    try {
      await action;
      setError("");
      spoken.value = said;
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
    reload();
  };
  return (
    <>
      <section class="card">
        <h2>
          Faults that are set
          {faults.length > 0 && (
            <button type="button" class="link" onClick={() => act(clearFaults(), "All faults removed")}>
              Remove all
            </button>
          )}
        </h2>
        {faults.length === 0 ? (
          <p class="hint">None: every request is answered as the vendor would.</p>
        ) : (
          <ul class="faults">
            {faults.map(({ id, fault, struck, left }) => (
              <li key={id}>
                <div>
                  <b>{kindLabels[fault.kind]}</b> <span class="mono">{settings(fault)}</span>
                  <small>
                    {placeOf(fault)}
                    {" · struck "}
                    {count(struck, "request")}
                    {left !== undefined && `, ${left} left`}
                  </small>
                </div>
                <button
                  type="button"
                  class="icon-button small"
                  aria-label={`Remove ${kindLabels[fault.kind]}`}
                  onClick={() => act(removeFault(id), "Fault removed")}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <FaultForm error={error} onSet={(fault) => act(addFault(fault), `${kindLabels[fault.kind]} set`)} />
    </>
  );
}

function placeOf({ endpoint, path }: Fault): string {
  if (path !== undefined) return `${endpoints["tiktok.business"].label} ${path}`;
  return endpoint ? endpoints[endpoint].label : "Every endpoint it applies to";
}

/** What a fault says beside its kind and place. */
function settings({ kind: _, endpoint: __, path: ___, count: ____, probability, ...rest }: Fault): string {
  const own = Object.entries(rest).map(
    ([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`,
  );
  const share = probability === undefined ? [] : [`${+(probability * 100).toPrecision(3)} % of requests`];
  return [...own, ...share].join(", ");
}

interface FormProps {
  readonly error: string;
  readonly onSet: (fault: Fault) => void;
}

function FaultForm({ error, onSet }: FormProps) {
  const [kind, setKind] = useState<FaultKind>("latency");
  const [code, setCode] = useState("");
  const [endpoint, setEndpoint] = useState<SandboxEndpoint | "">("");
  const possible = endpointsFor({ kind, code: kind === "rateLimit" && code !== "" ? Number(code) : undefined });
  const chosen = possible.find((name) => name === endpoint) ?? (possible.length === 1 ? possible[0] : "");
  return (
    <section class="card">
      <h2>Set a fault</h2>
      <form
        class="fault-form"
        onSubmit={(event) => {
          event.preventDefault();
          onSet(readFault(kind, new FormData(event.currentTarget)));
        }}
      >
        <label class="whole">
          Kind
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value as FaultKind);
              setCode("");
            }}
          >
            {(Object.keys(faultKinds) as FaultKind[]).map((name) => (
              <option key={name} value={name}>
                {kindLabels[name]}
              </option>
            ))}
          </select>
          <small>{faultKinds[kind].meaning}</small>
        </label>
        <Fields kind={kind} code={code} onCode={setCode} />
        <label class="whole">
          Endpoint
          <select
            name="endpoint"
            value={chosen}
            onChange={(event) => setEndpoint(event.currentTarget.value as SandboxEndpoint | "")}
          >
            {possible.length > 1 && <option value="">Every one it applies to</option>}
            {possible.map((name) => (
              <option key={name} value={name}>
                {endpoints[name].label}
              </option>
            ))}
          </select>
        </label>
        {chosen === "tiktok.business" && (
          <label class="whole">
            Call
            <select name="path">
              <option value="">Every one</option>
              {businessPaths.map((path) => (
                <option key={path}>{path}</option>
              ))}
            </select>
          </label>
        )}
        <label>
          Requests
          <input name="count" type="number" min="1" step="1" placeholder="all" />
        </label>
        <label>
          Probability
          <input name="probability" type="number" min="0" max="1" step="any" placeholder="1" />
        </label>
        {error !== "" && (
          <p class="callout bad whole" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="button primary whole">
          Set the fault
        </button>
      </form>
    </section>
  );
}

interface FieldsProps {
  readonly kind: FaultKind;
  readonly code: string;
  readonly onCode: (code: string) => void;
}

function Fields({ kind, code, onCode }: FieldsProps) {
  switch (kind) {
    case "latency":
      return (
        <>
          <label>
            Delay, ms
            <input name="delay" type="number" min="0" step="any" required defaultValue="500" />
          </label>
          <label>
            Up to, ms
            <input name="most" type="number" min="0" step="any" placeholder="the same" />
          </label>
        </>
      );
    case "rateLimit":
      return (
        <label class="whole">
          Code
          <select value={code} onChange={(event) => onCode(event.currentTarget.value)} name="code">
            <option value="">The vendor's usual one</option>
            {tikTokLimitCodes.map((known) => (
              <option key={known} value={known}>
                TikTok {known}
              </option>
            ))}
            {metaLimitCodes.map((known) => (
              <option key={known} value={known}>
                Meta {known}
              </option>
            ))}
            <option value="429">HTTP 429</option>
          </select>
        </label>
      );
    case "serverError":
      return (
        <>
          <StatusField least={500} usual="500" />
          <WhenField />
        </>
      );
    case "html":
      return (
        <>
          <StatusField least={200} usual="200" />
          <WhenField />
        </>
      );
    case "cut":
      return <WhenField />;
    case "slowBody":
      return (
        <label>
          Until the last piece, ms
          <input name="duration" type="number" min="0" step="any" placeholder="10000" />
        </label>
      );
    case "answer":
      return (
        <>
          <StatusField least={200} usual="200" />
          <label class="whole">
            Headers, as JSON
            <input name="headers" class="mono" placeholder='{ "retry-after": "7" }' />
          </label>
          <label class="whole">
            Body, as JSON or text
            <textarea name="body" class="mono" rows={3} />
          </label>
          <WhenField />
        </>
      );
    default:
      return null;
  }
}

function StatusField({ least, usual }: { readonly least: number; readonly usual: string }) {
  return (
    <label>
      Status
      <input name="status" type="number" min={least} max="599" step="1" placeholder={usual} />
    </label>
  );
}

function WhenField() {
  return (
    <label class="whole">
      When
      <select name="when">
        <option value="before">Before the request is carried out</option>
        <option value="after">After it: only the answer is lost</option>
      </select>
    </label>
  );
}

/** What is left empty is left out: the sandbox has the defaults, checks the rest, and says what is wrong. */
function readFault(kind: FaultKind, form: FormData): Fault {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const fault: Record<string, unknown> = { kind };
  for (const name of ["endpoint", "path", "when"]) if (text(name) !== "") fault[name] = text(name);
  for (const name of ["count", "probability", "code", "status", "duration", "delay"]) {
    if (text(name) !== "") fault[name] = Number(text(name));
  }
  if (text("most") !== "") fault.delay = [fault.delay, Number(text("most"))];
  for (const name of ["headers", "body"]) if (text(name) !== "") fault[name] = parsed(text(name));
  return fault as unknown as Fault;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
