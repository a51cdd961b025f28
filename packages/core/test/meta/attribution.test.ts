import { readAppEventsAnswer, readDeferredAppLink } from "@beaconry/core/meta";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Every member of the struct in the Graph reference, Application Activities v25.0, "Return Type". */
const claim = {
  applink_class: "com.some.app.MainActivity",
  applink_url: "some://product/7",
  applink_args: '{"version":"2"}',
  is_fb: true,
  is_paid: true,
  account_id: "act_101",
  ad_id: "6074245540018",
  ad_objective_name: "APP_INSTALLS",
  adgroup_id: "6073532011418",
  adgroup_name: "Socks, blue",
  campaign_id: "6068535534218",
  campaign_name: "Women 30+",
  campaign_group_id: "6068535534000",
  campaign_group_name: "Autumn",
  click_time: "2026-11-20T12:55:05+0000",
  is_mobile_data_terms_signed: true,
  is_external: false,
  is_instagram: true,
  is_view_through: false,
  is_modeled: false,
  is_same_ip: true,
  device_model: "iPhone5,1",
  os_version: "13.4.1",
  is_playable_ad: false,
  is_aaa_campaign: true,
  creative_id: "6074245540019",
  engagement_type: "CLICK",
  trace_id: "AbC",
  fbclid: "IwAR0_AbC",
  event_id: "123456",
  vertical: "ECOMMERCE",
  sub_vertical: "FASHION",
  advertiser_region: "EMEA",
  additional_touchpoints: [
    {
      ad_id: "6074245540020",
      campaign_group_name: "Summer",
      is_view_through: true,
      view_time: 1_763_640_000,
      publisher_platform: "instagram",
    },
  ],
};

describe("readAppEventsAnswer", () => {
  it.each([
    [{ success: true }, { success: true }],
    [{ success: false }, { success: false }],
    [
      { success: true, drop_reason: "duplicate" },
      { success: true, dropReason: "duplicate" },
    ],
    [{ success: true, drop_reason: 7 }, { success: true }],
    [{ success: 1 }, { success: true }],
  ])("%o", (body, answer) => {
    expect(readAppEventsAnswer(body)).toEqual(answer);
  });

  it("reads a claim with all its members", () => {
    expect(readAppEventsAnswer(claim)).toEqual({
      applinkClass: "com.some.app.MainActivity",
      applinkUrl: "some://product/7",
      applinkArgs: '{"version":"2"}',
      isFb: true,
      isPaid: true,
      accountId: "act_101",
      adId: "6074245540018",
      adObjectiveName: "APP_INSTALLS",
      adgroupId: "6073532011418",
      adgroupName: "Socks, blue",
      campaignId: "6068535534218",
      campaignName: "Women 30+",
      campaignGroupId: "6068535534000",
      campaignGroupName: "Autumn",
      clickTime: Date.UTC(2026, 10, 20, 12, 55, 5),
      isMobileDataTermsSigned: true,
      isExternal: false,
      isInstagram: true,
      isViewThrough: false,
      isModeled: false,
      isSameIp: true,
      deviceModel: "iPhone5,1",
      osVersion: "13.4.1",
      isPlayableAd: false,
      isAaaCampaign: true,
      creativeId: "6074245540019",
      engagementType: "CLICK",
      traceId: "AbC",
      fbclid: "IwAR0_AbC",
      eventId: "123456",
      vertical: "ECOMMERCE",
      subVertical: "FASHION",
      advertiserRegion: "EMEA",
      additionalTouchpoints: [
        {
          adId: "6074245540020",
          campaignGroupName: "Summer",
          isViewThrough: true,
          viewTime: 1_763_640_000_000,
          publisherPlatform: "instagram",
        },
      ],
    });
  });

  it("reads a view-through claim: the view's time in place of the click's", () => {
    const { click_time, ...seen } = { ...claim, is_view_through: true, view_time: "2026-11-20T12:55:05+0100" };
    expect(readAppEventsAnswer(seen)).toMatchObject({
      isViewThrough: true,
      viewTime: Date.UTC(2026, 10, 20, 11, 55, 5),
    });
    expect(readAppEventsAnswer(seen)).not.toHaveProperty("clickTime");
  });

  it("reads what consider_views' companions ask for", () => {
    expect(readAppEventsAnswer({ is_fb: true, dwell_ms: 1_500, video_completion_percent: 0.25 })).toEqual({
      isFb: true,
      dwellMs: 1_500,
      videoCompletionPercent: 0.25,
    });
  });

  it("reads that Meta claims nothing", () => {
    expect(readAppEventsAnswer({ is_fb: false })).toEqual({ isFb: false });
  });

  it("tells the two apart by success", () => {
    const answer = readAppEventsAnswer(claim);
    expect(answer && !("success" in answer) && answer.campaignName).toBe("Women 30+");
  });

  it.each([
    [1_763_640_000, 1_763_640_000_000],
    ["1763640000", 1_763_640_000_000],
    [1_763_640_000_123, 1_763_640_000_123],
    ["2026-11-20T12:55:05Z", Date.UTC(2026, 10, 20, 12, 55, 5)],
    ["2026-11-20T12:55:05.5-08:00", Date.UTC(2026, 10, 20, 20, 55, 5, 500)],
    // Without an offset it would be in the server's own time zone.
    ["2026-11-20T12:55:05", undefined],
    ["2026-13-20T12:55:05Z", undefined],
    ["yesterday", undefined],
    ["", undefined],
    [0, undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [null, undefined],
  ])("time %j is %j", (click_time, clickTime) => {
    expect(readAppEventsAnswer({ is_fb: true, click_time })).toEqual({
      isFb: true,
      ...(clickTime !== undefined && { clickTime }),
    });
  });

  it.each([
    [6074245540018, "6074245540018"],
    ["23847301359200211", "23847301359200211"],
    // Rounded already: another campaign's id, perhaps.
    [Number("23847301359200211"), undefined],
    ["0", undefined],
    ["<b>", undefined],
    [1.5, undefined],
  ])("id %j is %j", (ad_id, adId) => {
    expect(readAppEventsAnswer({ is_fb: true, ad_id })).toEqual({ isFb: true, ...(adId !== undefined && { adId }) });
  });

  it.each([
    { error: { message: "Invalid parameter", type: "OAuthException", code: 100, fbtrace_id: "A" } },
    { events_received: 1, fbtrace_id: "A" },
    { campaign_id: "6068535534218" },
    { success: "yes" },
    {},
    [],
    null,
    undefined,
    "true",
    true,
  ])("finds nothing in %j", (body) => {
    expect(readAppEventsAnswer(body)).toBeUndefined();
  });

  it("throws for nothing", () => {
    const anyBody = fc.record(Object.fromEntries(Object.keys(claim).map((name) => [name, fc.anything()])), {
      requiredKeys: [],
    });
    fc.assert(
      fc.property(fc.oneof(anyBody, fc.anything()), (body) => {
        readAppEventsAnswer(body);
        readDeferredAppLink(body);
        const answer = readAppEventsAnswer({ ...Object(body), is_fb: true });
        expect(Object.values(answer ?? {})).not.toContain(undefined);
      }),
    );
  });
});

describe("readDeferredAppLink", () => {
  it("reads the link", () => {
    expect(
      readDeferredAppLink({
        applink_args: '{"bridge_args":{"method":"applink"},"method_args":{"target_url":"some://7"},"version":"2"}',
        applink_class: "com.some.app.MainActivity",
        applink_url: "some://7",
        click_time: 1_763_640_000,
      }),
    ).toEqual({
      applinkArgs: '{"bridge_args":{"method":"applink"},"method_args":{"target_url":"some://7"},"version":"2"}',
      applinkClass: "com.some.app.MainActivity",
      applinkUrl: "some://7",
      clickTime: 1_763_640_000_000,
    });
    expect(readDeferredAppLink({ applink_url: "some://7" })).toEqual({ applinkUrl: "some://7" });
  });

  it.each([{ success: true }, { click_time: 1_763_640_000 }, { applink_url: "" }, { applink_url: 7 }, {}, null, "x"])(
    "finds none in %j",
    (body) => expect(readDeferredAppLink(body)).toBeUndefined(),
  );
});
