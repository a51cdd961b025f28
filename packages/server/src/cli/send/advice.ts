import type { Vendor } from "@beaconry/core";

/** What is known of an answer that was no success. */
export interface Failure {
  readonly vendor?: Vendor;
  /** Absent when no answer came. */
  readonly status?: number;
  readonly code?: number;
  readonly subcode?: number;
  /** The environment variable that holds the token. */
  readonly tokenIn: string;
}

type Advice = (failure: Failure) => string;

const newToken: Advice = ({ tokenIn }) => `Make a new token in Events Manager and put it into ${tokenIn}.`;
const expired: Advice = (failure) => `The access token has expired or was revoked. ${newToken(failure)}`;
const wrongToken: Advice = (failure) => `The access token is none that the vendor knows. ${newToken(failure)}`;
const limited: Advice = () => "A limit of calls is reached: wait some minutes and try again.";
const later: Advice = () => "A fault on the vendor's side: try again in some minutes.";
const read: Advice = () => "The vendor's words name what is wrong with the event or its request.";

/** "Return codes" of TikTok's Business API. */
const tiktok: ReadonlyMap<number, Advice> = new Map([
  [40000, read],
  [
    40001,
    () =>
      "The token may not send for this pixel or event set: whoever made it must be its admin or operator; check the id too.",
  ],
  [40002, read],
  [40102, expired],
  [40103, expired],
  [40104, wrongToken],
  [40105, wrongToken],
  [40016, limited],
  [40100, limited],
  [40132, limited],
  [40133, limited],
  [40202, later],
  [50000, later],
  [50002, later],
  [51305, later],
  [60001, () => "TikTok is under maintenance: try again in some minutes."],
  [41000, () => "TikTok refuses calls from this country's addresses."],
]);

/** "Handling errors" of Graph API, and what the Conversions API adds; with a subcode, that one. */
const meta: ReadonlyMap<string, Advice> = new Map([
  ["190", wrongToken],
  ["190/460", (failure) => `The token ended with a change of password. ${newToken(failure)}`],
  ["190/463", expired],
  ["102", expired],
  [
    "100/33",
    () => "There is no dataset or app of this id, or the token may not use it: check the id and whose token it is.",
  ],
  ["100/2804003", () => "The event is too old: Meta takes 7 days, of physical stores 62."],
  ["100/2804009", () => "A purchase needs value and currency."],
  ["100/2804016", () => "A value of the person is not hashed that must be."],
  [
    "100/2804050",
    () =>
      "What is known of the person is too little to recognise anybody: add an e-mail address, a phone or an external id.",
  ],
  ["100", read],
  ["3", () => "The app lacks the capability for this call."],
  ["10", () => "The token lacks a permission for this dataset or app."],
  ["2635", () => "This version of Graph API is no longer served: update Beaconry."],
  ["1", later],
  ["2", later],
  ["4", limited],
  ["9", limited],
  ["17", limited],
  ["32", limited],
  ["613", limited],
  ["80004", limited],
]);

/** What to do about it, in a sentence or two. */
export function adviceFor(failure: Failure): string {
  const { vendor, status, code, subcode } = failure;
  if (status === undefined) return "No answer came: check the address, the network, and whether the sandbox runs.";
  const advice =
    code === undefined
      ? undefined
      : vendor === "tiktok"
        ? tiktok.get(code)
        : (meta.get(`${code}/${subcode}`) ?? meta.get(String(code)) ?? permission(code));
  return (advice ?? adviceByStatus(status))(failure);
}

function permission(code: number): Advice | undefined {
  return code >= 200 && code < 300 ? meta.get("10") : undefined;
}

function adviceByStatus(status: number): Advice {
  if (status === 429) return limited;
  if (status >= 500) return later;
  return status === 404 ? () => "There is nothing at this address: check the id." : read;
}
