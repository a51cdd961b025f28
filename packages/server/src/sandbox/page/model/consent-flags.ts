import { isObject, type JsonObject } from "../../json.js";
import type { ReceivedEvent } from "../../received.js";

/** What an event says about consent, in the vendor's field and in words. */
export interface ConsentFlag {
  readonly field: string;
  readonly value: string;
  readonly meaning: string;
}

/** Every consent flag of an event. None is usual on the web: neither vendor's web API has a field for consent itself. */
export function consentFlags({
  endpoint,
  data,
  payload,
}: Pick<ReceivedEvent, "endpoint" | "data" | "payload">): readonly ConsentFlag[] {
  if (endpoint === "tiktok.events") return [...limited(data), ...attStatus(data)];
  if (endpoint === "tiktok.pixel") return limited(data);
  if (endpoint === "meta.appEvents") return [...tracking(payload), ...processing(payload)];
  const app = isObject(data.app_data) ? data.app_data : {};
  return [...tracking(app), ...processing(data), ...optOut(data)];
}

function limited({ limited_data_use: value }: JsonObject): readonly ConsentFlag[] {
  if (value === undefined) return [];
  const on = value === true || value === 1;
  const meaning = on
    ? "Limited data use: TikTok applies the rules of the US state that the address shows"
    : "No limited data use";
  return [{ field: "limited_data_use", value: String(value), meaning }];
}

function attStatus({ user }: JsonObject): readonly ConsentFlag[] {
  const value = isObject(user) ? user.att_status : undefined;
  if (value === undefined) return [];
  const denied = value === "DENIED" ? "The person refused tracking: TikTok does not use e-mail and phone" : undefined;
  return [{ field: "att_status", value: String(value), meaning: denied ?? "iOS' choice of tracking" }];
}

function tracking(fields: JsonObject): readonly ConsentFlag[] {
  const flags: readonly (readonly [string, string, string])[] = [
    [
      "advertiser_tracking_enabled",
      "The device allows tracking for advertising",
      "The device limits tracking for advertising: Meta does not personalise by it",
    ],
    [
      "application_tracking_enabled",
      "The person allows it in the app",
      "The person switched it off in the app: not used to optimise",
    ],
  ];
  return flags.flatMap(([field, yes, no]) => {
    const value = fields[field];
    if (value === undefined) return [];
    const isOn = value === true || String(value) === "1" || value === "true";
    return [{ field, value: String(value), meaning: isOn ? yes : no }];
  });
}

function processing(fields: JsonObject): readonly ConsentFlag[] {
  const options = fields.data_processing_options;
  if (options === undefined) return [];
  const { data_processing_options_country: country, data_processing_options_state: state } = fields;
  const isLimited = JSON.stringify(options).includes("LDU");
  const where = [country, state].every((code) => code === undefined || Number(code) === 0)
    ? "Meta finds the state by the address"
    : `country ${String(country)}, state ${String(state)}`;
  const value = typeof options === "string" ? options : JSON.stringify(options);
  return [
    {
      field: "data_processing_options",
      value,
      meaning: isLimited ? `Limited data use: ${where}` : "No limited data use",
    },
  ];
}

function optOut({ opt_out: value }: JsonObject): readonly ConsentFlag[] {
  if (value === undefined) return [];
  const meaning =
    value === true ? "For attribution only, not for optimising delivery" : "May be used to optimise delivery";
  return [{ field: "opt_out", value: String(value), meaning }];
}

/** The device's address that the event tells, and by which field. */
export function deviceAddress({
  endpoint,
  data,
  forwardedFor,
}: Pick<ReceivedEvent, "endpoint" | "data" | "forwardedFor">) {
  if (endpoint === "meta.appEvents") return { field: "X-Forwarded-For", value: forwardedFor };
  if (endpoint === "tiktok.events")
    return { field: "ip", value: textIn(data.user, "ip") ?? textIn(data.context, "ip") };
  if (endpoint === "meta.conversions")
    return { field: "client_ip_address", value: textIn(data.user_data, "client_ip_address") };
  return { field: "the browser's own connection", value: undefined };
}

function textIn(part: unknown, key: string): string | undefined {
  const value = isObject(part) ? part[key] : undefined;
  return typeof value === "string" ? value : undefined;
}
