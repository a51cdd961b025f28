import { createHmac } from "node:crypto";
import { isSha256 } from "../hashes.js";
import { type Answer, type Call, header } from "../http-call.js";
import { filledString, isFilled, isObject, type JsonObject, parseJson } from "../json.js";
import { mediaType, readQuery } from "../read-form.js";
import type { TokenCheck } from "../tokens.js";
import { noSuchObject, proofAnswers, tokenAnswer } from "./errors.js";
import { byName } from "./form.js";

/** A call to the Graph API, its parameters gathered from wherever they may be. */
export interface GraphCall {
  readonly method: string;
  /** The object called: a dataset or an app. */
  readonly id: string;
  readonly parameters: JsonObject;
  readonly token: string | undefined;
}

/** Parameters in the query and in a form; of one name the form's counts. */
export function readFormCall(call: Call): GraphCall {
  const { method, captured, form } = call;
  const parameters = { ...byName(readQuery(call.url.search.slice(1)) ?? []), ...byName(form ?? []) };
  return { method, id: captured[0] ?? "", parameters, token: filledString(parameters.access_token) };
}

/** As {@link readFormCall}, and besides in a JSON body, the token in a Bearer header too. */
export function readAnyCall(call: Call): GraphCall {
  const inForm = readFormCall(call);
  const json = readJsonBody(call);
  const parameters = isObject(json) ? { ...inForm.parameters, ...json } : inForm.parameters;
  return { ...inForm, parameters, token: filledString(parameters.access_token) ?? bearer(call) };
}

/** The body as it was understood, for the journal: fields of a form, JSON, or the text. */
export function readBodyAsSent(call: Call): unknown {
  return call.form ? byName(call.form) : (readJsonBody(call) ?? call.body);
}

function readJsonBody(call: Call): unknown {
  const isJson = mediaType(header(call, "content-type")) === "application/json";
  return isJson ? parseJson(call.body) : undefined;
}

function bearer(call: Call): string | undefined {
  return /^Bearer (.+)$/i.exec(header(call, "authorization") ?? "")?.[1];
}

/** What the Graph API has against the call itself, before it looks at what is in it. Ids are digits. */
export function refuseCaller({ method, id, token }: GraphCall, checkToken: TokenCheck): Answer | undefined {
  if (method !== "POST" || !/^\d+$/.test(id)) return noSuchObject(method, id);
  const state = checkToken(token);
  return state === "good" ? undefined : tokenAnswer(state);
}

/**
 * Checks `appsecret_proof`: hexadecimal HMAC-SHA256, the secret its key and the token its message. Where the secret is
 * unknown, only the form can be wrong; `demanded` is for apps that take no call without a proof.
 */
export function refuseProof(call: GraphCall, secret: string | undefined, demanded = false): Answer | undefined {
  const { appsecret_proof: proof } = call.parameters;
  if (!isFilled(proof)) return demanded ? proofAnswers.missing() : undefined;
  const isRight = secret === undefined ? isSha256(proof) : proof === proofOf(call.token ?? "", secret);
  return isRight ? undefined : proofAnswers.wrong();
}

const proofOf = (token: string, secret: string) => createHmac("sha256", secret).update(token).digest("hex");
