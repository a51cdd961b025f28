// Each contender turns an order into the JSON of one event.
import { hash } from "node:crypto";
import { createEvent } from "@beaconry/core";
import { toConversion } from "@beaconry/core/meta";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import paramBuilder from "capi-param-builder-nodejs";
import facebook from "facebook-nodejs-business-sdk";

function beaconryEvent(order) {
  return createEvent(
    "Purchase",
    { value: order.value, currency: order.currency, contentType: "product", contents: order.contents },
    {
      id: order.id,
      time: order.time,
      consent: { advertising: true },
      context: {
        source: "web",
        page: { url: order.url },
        ip: order.ip,
        userAgent: order.userAgent,
        clicks: { fbp: order.fbp, fbc: order.fbc, ttclid: order.ttclid },
      },
      user: {
        email: order.email,
        phone: order.phone,
        firstName: order.firstName,
        lastName: order.lastName,
        birthDate: order.birthDate,
        gender: order.gender,
        city: order.city,
        state: order.state,
        zip: order.zip,
        country: order.country,
        externalId: order.externalId,
      },
    },
  );
}

const sha256 = (text) => hash("sha256", text, "hex");
const states = { California: "ca", Texas: "tx", Ohio: "oh", Maine: "me" };

/** What a careful developer writes by hand for one shop: no checks, no choices, nothing remembered. */
function handWritten(order) {
  const user = {
    em: sha256(order.email.trim().toLowerCase()),
    ph: sha256(order.phone.replace(/\D/g, "")),
    fn: sha256(
      order.firstName
        .trim()
        .toLowerCase()
        .replace(/[\s\p{P}]/gu, ""),
    ),
    ln: sha256(
      order.lastName
        .trim()
        .toLowerCase()
        .replace(/[\s\p{P}]/gu, ""),
    ),
    db: sha256(order.birthDate.replaceAll("-", "")),
    ge: sha256(order.gender),
    ct: sha256(order.city.toLowerCase().replace(/[\s\p{P}]/gu, "")),
    st: sha256(states[order.state]),
    zp: sha256(order.zip.slice(0, 5)),
    country: sha256(order.country.toLowerCase()),
    external_id: sha256(order.externalId),
    fbp: order.fbp,
    fbc: order.fbc,
    client_ip_address: order.ip,
    client_user_agent: order.userAgent,
  };
  return JSON.stringify({
    event_name: "Purchase",
    event_time: Math.floor(order.time / 1000),
    event_id: order.id,
    action_source: "website",
    event_source_url: order.url,
    user_data: user,
    custom_data: {
      value: order.value,
      currency: order.currency,
      content_type: "product",
      content_ids: order.contents.map(({ id }) => id),
      contents: order.contents.map(({ id, quantity, price }) => ({ id, quantity, item_price: price })),
      num_items: order.contents.reduce((sum, { quantity }) => sum + quantity, 0),
    },
  });
}

function facebookSdk(order) {
  const user = new facebook.UserData()
    .setEmail(order.email.trim())
    .setPhone(order.phone)
    .setFirstName(order.firstName)
    .setLastName(order.lastName)
    .setDateOfBirth(order.birthDate.replaceAll("-", ""))
    .setGender(order.gender)
    .setCity(order.city)
    .setState(states[order.state])
    .setZip(order.zip)
    .setCountry(order.country.toLowerCase())
    .setExternalId(order.externalId)
    .setFbp(order.fbp)
    .setFbc(order.fbc)
    .setClientIpAddress(order.ip)
    .setClientUserAgent(order.userAgent);
  const contents = order.contents.map(({ id, quantity, price }) =>
    new facebook.Content().setId(id).setQuantity(quantity).setItemPrice(price),
  );
  const custom = new facebook.CustomData()
    .setValue(order.value)
    .setCurrency(order.currency)
    .setContentType("product")
    .setContentIds(order.contents.map(({ id }) => id))
    .setContents(contents);
  const event = new facebook.ServerEvent()
    .setEventName("Purchase")
    .setEventTime(Math.floor(order.time / 1000))
    .setEventId(order.id)
    .setActionSource("website")
    .setEventSourceUrl(order.url)
    .setUserData(user)
    .setCustomData(custom);
  return JSON.stringify(event.normalize());
}

const builder = new paramBuilder.ParamBuilder();
const builderFields = [
  ["em", "email", "email"],
  ["ph", "phone", "phone"],
  ["fn", "firstName", "first_name"],
  ["ln", "lastName", "last_name"],
  ["db", "birthDate", "date_of_birth"],
  ["ge", "gender", "gender"],
  ["ct", "city", "city"],
  ["st", "state", "state"],
  ["zp", "zip", "zip_code"],
  ["country", "country", "country"],
  ["external_id", "externalId", "external_id"],
];

/** Meta's own parameter builder for the person, the rest by hand. */
function metaParamBuilder(order) {
  const user = { fbp: order.fbp, fbc: order.fbc, client_ip_address: order.ip, client_user_agent: order.userAgent };
  for (const [key, field, type] of builderFields) user[key] = builder.getNormalizedAndHashedPII(order[field], type);
  return JSON.stringify({
    event_name: "Purchase",
    event_time: Math.floor(order.time / 1000),
    event_id: order.id,
    action_source: "website",
    event_source_url: order.url,
    user_data: user,
    custom_data: {
      value: order.value,
      currency: order.currency,
      content_type: "product",
      contents: order.contents.map(({ id, quantity, price }) => ({ id, quantity, item_price: price })),
    },
  });
}

export const contenders = {
  "hand-written": handWritten,
  "Beaconry, Conversions API": (order) => JSON.stringify(toConversion(beaconryEvent(order)).body),
  "Beaconry, TikTok Events API": (order) => JSON.stringify(toTikTokEvent(beaconryEvent(order)).body),
  "facebook-nodejs-business-sdk": facebookSdk,
  "capi-param-builder-nodejs": metaParamBuilder,
};
