import { addressWarnings } from "../addresses.js";
import { hashWarnings, isSha256WithAppendix, neverHashedWarnings } from "../hashes.js";
import { isFilled, isObject, type JsonObject } from "../json.js";
import { webAddressWarnings } from "../web-address.js";
import { clickIdWarnings } from "./click-ids.js";
import { currencyWarnings } from "./currencies.js";
import * as keys from "./keys.js";
import { processingWarnings } from "./processing-options.js";
import { webNameWarnings } from "./standard-names.js";

const DAY = 86_400_000;

/** What Meta takes without a word and then ignores, or uses less. `now` in milliseconds. */
export function conversionWarnings(event: JsonObject, now: number): string[] {
  const user = isObject(event.user_data) ? event.user_data : {};
  return [
    ...webNameWarnings(String(event.event_name)),
    ...eventWarnings(event, now),
    ...userWarnings(user),
    ...(isObject(event.app_data) && isFilled(event.app_data.madid) ? ["madid belongs in user_data"] : []),
    ...customWarnings(isObject(event.custom_data) ? event.custom_data : {}),
  ];
}

/** What is odd about a call beside its events. */
export function callWarnings(parameters: JsonObject): string[] {
  const { partner_agent: agent } = parameters;
  const isOddAgent =
    isFilled(agent) && !(typeof agent === "string" && agent.length < 23 && /[a-z].*[a-z]/i.test(agent));
  return [
    ...Object.keys(parameters)
      .filter((key) => !keys.parameters.includes(key))
      .map((key) => `"${key}" is not a parameter of the call: it is ignored`),
    ...(isOddAgent ? ["partner_agent is not a text below 23 characters with at least two letters"] : []),
  ];
}

function eventWarnings(event: JsonObject, now: number): string[] {
  const { action_source: source, event_name: name } = event;
  const age = now - Number(event.event_time) * 1000;
  return [
    ...(source === "website" && !isFilled(event.event_id) ? ["no event_id: a browser copy is not recognised"] : []),
    // Meta's best practices: within the hour at best, a serious loss after a day.
    ...(source !== "physical_store" && age > DAY
      ? ["it came more than a day after it happened: Meta makes little use of it"]
      : []),
    ...webAddressWarnings("event_source_url", event.event_source_url),
    ...(isFilled(event.messaging_channel) && source !== "business_messaging"
      ? ["messaging_channel is for business_messaging: it is ignored"]
      : []),
    ...leadWarnings(event),
    ...(event.original_event_data !== undefined && !/^Append/.test(String(name))
      ? ["original_event_data is for events that append to another: it is ignored"]
      : []),
    ...processingWarnings({
      options: event.data_processing_options,
      country: event.data_processing_options_country,
      state: event.data_processing_options_state,
    }),
  ];
}

/** "Conversion leads integration", payload specification. */
function leadWarnings({ action_source: source, user_data: user, custom_data: custom }: JsonObject): string[] {
  if (source !== "system_generated" || !isObject(user) || !isFilled(user.lead_id)) return [];
  const said = isObject(custom) ? custom : {};
  const lacks = [
    said.event_source !== "crm" && 'event_source "crm"',
    !isFilled(said.lead_event_source) && "lead_event_source",
  ];
  const absent = lacks.filter(Boolean);
  return absent.length === 0 ? [] : [`a lead without ${absent.join(" and ")} in custom_data: ads do not learn from it`];
}

function userWarnings(user: JsonObject): string[] {
  const values = (key: string) => [user[key]].flat().filter(isFilled);
  return [
    ...keys.hashedUserKeys.flatMap((key) => hashWarnings(key, values(key), "", isSha256WithAppendix)),
    ...hashWarnings("external_id", values("external_id"), "hashing it is recommended", isSha256WithAppendix),
    ...addressWarnings("client_ip_address", user.client_ip_address),
    ...neverHashedWarnings(user, keys.plainUserKeys),
    ...clickIdWarnings(user),
  ];
}

/** Shared with the pixel, whose events have the same keys. */
export function customWarnings(custom: JsonObject): string[] {
  const contents = Array.isArray(custom.contents) ? custom.contents : [];
  return [
    ...Object.entries(keys.customValues)
      .filter(([key, values]) => isFilled(custom[key]) && !values.some((value) => value === custom[key]))
      .map(([key, values]) => `${key} is not one of ${values.join(", ")}`),
    ...(contents.some((item) => isObject(item) && !(isFilled(item.id) && isFilled(item.quantity)))
      ? ["an item of contents is without id or quantity"]
      : []),
    ...currencyWarnings("currency", custom.currency),
  ];
}
