import { isFilled, type JsonObject } from "../json.js";
import { flagOf } from "./app-event-keys.js";
import { traceId } from "./errors.js";

/** Parameters that only a device has whose owner came by an advertisement. */
const clickEvidence: readonly string[] = ["click_id", "campaign_ids", "meta_install_referrer"];

const HOUR = 3600;
const DEVICE_MODEL_SLOT = 5;
const OS_VERSION_SLOT = 4;

const advertisement = {
  account_id: "1000000000000001",
  ad_id: "1000000000000002",
  ad_objective_name: "APP_INSTALLS",
  adgroup_id: "1000000000000002",
  adgroup_name: "Sandbox ad",
  campaign_id: "1000000000000003",
  campaign_name: "Sandbox ad set",
  campaign_group_id: "1000000000000004",
  campaign_group_name: "Sandbox campaign",
  creative_id: "1000000000000005",
} as const;

/**
 * What an app of a measurement partner is answered in place of `{"success":true}`: whether Meta claims the install or
 * event, and for which advertisement. The real answer depends on what Meta's ads did; here a request with a click id,
 * campaign ids or Meta's install referrer was clicked an hour ago, one that asks for views (`consider_views`) without
 * having these was seen an hour ago, and any other is not claimed. `now` in milliseconds.
 */
export function claimBody(parameters: JsonObject, now: number): JsonObject {
  const isClick = clickEvidence.some((key) => isFilled(parameters[key]));
  const isView = !isClick && flagOf(parameters.consider_views) === 1;
  const shared = {
    trace_id: traceId(),
    // At the top level, the id is for the partner's cross-validation and comes back.
    ...(isFilled(parameters.event_id) && { event_id: parameters.event_id }),
    ...deviceMembers(parameters.extinfo),
  };
  if (!isClick && !isView) return { is_fb: false, ...shared };
  const met = Math.floor(now / 1000) - HOUR;
  return {
    is_fb: true,
    is_paid: true,
    is_instagram: false,
    is_external: false,
    is_modeled: false,
    is_view_through: isView,
    // A view's time takes the place of the click's.
    ...(isView ? { view_time: met } : { click_time: met }),
    engagement_type: isView ? "view" : "click",
    ...advertisement,
    ...shared,
  };
}

function deviceMembers(extinfo: unknown): JsonObject {
  if (!Array.isArray(extinfo)) return {};
  return { device_model: extinfo[DEVICE_MODEL_SLOT], os_version: extinfo[OS_VERSION_SLOT] };
}
