import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { appForm, NOW, NOW_SECONDS, toApp } from "./calls.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ mmpApps: ["4321"], now: () => NOW });
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const install = { event: "MOBILE_APP_INSTALL", custom_events: undefined };
const answer = async (more: Record<string, string | undefined> = {}) =>
  (await toApp(sandbox, appForm({ ...install, ...more }))).body;

describe("an app of a measurement partner is answered with a claim", () => {
  const ids = {
    account_id: expect.stringMatching(/^\d+$/),
    ad_id: expect.stringMatching(/^\d+$/),
    adgroup_id: expect.stringMatching(/^\d+$/),
    campaign_id: expect.stringMatching(/^\d+$/),
    campaign_group_id: expect.stringMatching(/^\d+$/),
    creative_id: expect.stringMatching(/^\d+$/),
  };
  const device = { device_model: "OnePlus6", os_version: "10.1.1", trace_id: expect.any(String) };

  test.each(["click_id", "campaign_ids", "meta_install_referrer"])("to a click, with %s", async (key) => {
    const claim = await answer({ [key]: "abcd1234", consider_views: "1", event_id: "mmp-7" });
    expect(claim).toMatchObject({ is_fb: true, is_paid: true, is_view_through: false, ...ids, ...device });
    expect(claim).toMatchObject({ event_id: "mmp-7", click_time: expect.any(Number) });
    // Both of Meta's pages have it within 28 days.
    expect(NOW_SECONDS - Number(claim.click_time)).toBeLessThan(28 * 86_400);
    expect(claim).not.toHaveProperty("view_time");
  });

  test("to a view, where they are asked for and there is no click", async () => {
    const claim = await answer({ consider_views: "true" });
    expect(claim).toMatchObject({ is_fb: true, is_view_through: true, view_time: expect.any(Number), ...ids });
    expect(NOW_SECONDS - Number(claim.view_time)).toBeLessThan(86_400);
    expect(claim).not.toHaveProperty("click_time");
  });

  test("to nothing", async () => {
    expect(await answer()).toEqual({ is_fb: false, ...device });
    expect(await answer({ consider_views: "0", extinfo: undefined })).toEqual({
      is_fb: false,
      trace_id: expect.any(String),
    });
  });

  test("for events too, which are kept as ever", async () => {
    expect((await toApp(sandbox, appForm({ click_id: "c" }))).body.is_fb).toBe(true);
    expect(sandbox.events()).toMatchObject([{ name: "fb_mobile_add_to_cart", outcome: "counted" }]);
  });
});

test.each([
  ["another app", "/99/activities", { access_token: "99|secret" }],
  ["a question for a deferred link", "/4321/activities", { event: "DEFERRED_APP_LINK" }],
])("%s is answered success", async (_, path, more) => {
  const form = appForm({ ...install, click_id: "c", ...more });
  expect((await toApp(sandbox, form, { path })).body).toEqual({ success: true });
});
