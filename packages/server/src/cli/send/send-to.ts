import type { Issue, TrackedEvent } from "@beaconry/core";
import { ask } from "../../delivery/ask.js";
import { jsonAnswer } from "../../destinations/json-answer.js";
import { kyTransport, type Transport, type VendorAnswer } from "../../http.js";
import { prepare } from "../../intake.js";
import { adviceFor } from "./advice.js";
import type { Receiver } from "./receivers.js";

/** What came of the event at one API. */
export interface SendResult {
  readonly destination: string;
  /** `invalid`: not sent, the vendor would refuse it. `later`: not taken now, the same event may be taken later. */
  readonly outcome: "taken" | "refused" | "later" | "invalid";
  /** Of HTTP; absent when no answer came. */
  readonly status?: number;
  /** The vendor's. */
  readonly code?: number;
  readonly subcode?: number;
  /** The vendor's words, masked. */
  readonly detail?: string;
  readonly advice?: string;
  readonly testCode?: string;
  readonly issues: readonly Issue[];
}

/** Sends one event to one API, in the way in which a tracker does. Never rejects. */
export async function sendTo({ destination, testCode, tokenIn }: Receiver, event: TrackedEvent): Promise<SendResult> {
  const { name, vendor } = destination;
  const tested = testCode === undefined ? {} : { testCode };
  if (!destination.accepts(event)) {
    const detail = `${name} takes no ${event.context.source} events with the ids given`;
    return { destination: name, outcome: "invalid", ...tested, detail, issues: [] };
  }
  const { parcels, issues } = prepare(event, [destination], Date.now());
  const result = (outcome: SendResult["outcome"], more: Partial<SendResult> = {}): SendResult => ({
    destination: name,
    outcome,
    ...tested,
    ...more,
    issues,
  });
  const [parcel] = parcels;
  if (!parcel) return result("invalid");
  let answer: VendorAnswer | undefined;
  const post = kyTransport();
  const transport: Transport = async (request, signal) => {
    answer = await post(request, signal);
    return answer;
  };
  const leased = { ...parcel, key: "", attempts: 0 };
  const batch = { group: parcel.group, parcels: [leased] };
  const { verdict, status } = await ask(batch, destination, transport, new AbortController().signal, Date.now);
  if (verdict.kind === "delivered") return result("taken", { status });
  const codes = codesIn(answer);
  const advice = adviceFor({ vendor, status, tokenIn, ...codes });
  const { kind, detail } = verdict;
  return result(kind === "refused" ? "refused" : "later", { status, ...codes, detail, advice });
}

/** TikTok has its code in the answer, Meta in the answer's `error`. */
function codesIn(answer: VendorAnswer | undefined): Pick<SendResult, "code" | "subcode"> {
  const body = jsonAnswer(answer?.body ?? "");
  const error = (body?.error ?? {}) as Record<string, unknown>;
  const [code, subcode] = [error.code ?? body?.code, error.error_subcode];
  return { ...(typeof code === "number" && { code }), ...(typeof subcode === "number" && { subcode }) };
}
