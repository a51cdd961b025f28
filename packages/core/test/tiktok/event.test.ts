import { createEvent } from "@beaconry/core";
import { toConversion } from "@beaconry/core/meta";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import { describe, expect, it } from "vitest";
import { appContext, purchase, seconds, time, webContext } from "../events.js";

const email = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
const externalId = "80fba0ae1c48e3978e43e4efc365e14e12ea0c830ba8ba5b9a2dafc7e3f2ab8b";

describe("toTikTokEvent", () => {
  it("builds a purchase on the web", () => {
    const { body, issues } = toTikTokEvent(
      purchase({ user: { email: "john_smith@gmail.com", externalId: "user_123" } }),
    );
    expect(issues).toEqual([]);
    expect(body).toEqual({
      event: "Purchase",
      event_time: seconds,
      event_id: "123456",
      user: {
        email,
        external_id: externalId,
        ip: "2001:db8:85a3::8a2e:370:7334",
        user_agent: "Mozilla/5.0 (test)",
        locale: "en-US",
        ttclid: "E.C.P.AbC",
        ttp: "2JuZnVfTsk0c1xB7yq9GdTTnKNr",
      },
      properties: {
        value: 21.97,
        currency: "GBP",
        content_type: "product",
        content_ids: ["1234", "5678"],
        contents: [
          { content_id: "1234", content_name: "Socks", quantity: 2, price: 9.99, brand: "Knit" },
          { content_id: "5678", quantity: 1, price: 1.99 },
        ],
        num_items: 3,
        order_id: "order-7",
      },
      page: { url: "https://shop.example/thanks?order=7", referrer: "https://shop.example/checkout" },
    });
  });

  it("builds an app event with TikTok's app name, gaid in lower case, and only the keys that app events take", () => {
    const event = createEvent(
      "CompleteRegistration",
      {},
      {
        id: "1",
        time,
        context: appContext,
        consent: { advertising: true, advertiserTracking: true },
        user: { email: "john_smith@gmail.com", externalId: "user_123", firstName: "John" },
      },
    );
    expect(toTikTokEvent(event).body).toEqual({
      event: "Registration",
      event_time: seconds,
      event_id: "1",
      user: {
        email,
        ip: "198.51.100.7",
        locale: "en-US",
        gaid: "38400000-8cf0-11bd-b23e-10b96e40000d",
        att_status: "NOT_APPLICABLE",
      },
      app: { app_id: "com.some.app", app_name: "Some App", app_version: "7.7.1" },
    });
  });

  it.each([
    [true, "17.2", "AUTHORIZED"],
    [false, "17.2", "DENIED"],
    [undefined, "17.2", "NOT_DETERMINED"],
    [true, "13.7", "NOT_APPLICABLE"],
  ])("says the tracking choice %s on iOS %s as %s", (advertiserTracking, osVersion, status) => {
    const device = { platform: "ios" as const, osVersion, advertisingId: "ea7583cd-a667-48bc-b806-42ecb2b48606" };
    const event = purchase({
      context: { ...appContext, app: { id: "com.some.app", storeId: "1234567890" }, device },
      consent: { advertising: true, advertiserTracking },
    });
    const { body } = toTikTokEvent(event);
    expect(body?.user.att_status).toBe(status);
    expect(body?.app?.app_id).toBe("1234567890");
    expect(body?.user.idfa).toBe(advertiserTracking ? "EA7583CD-A667-48BC-B806-42ECB2B48606" : undefined);
    expect("email" in (body?.user ?? {})).toBe(advertiserTracking === true);
  });

  it("says nothing of the tracking choice on a device that is not known", () => {
    const context = { ...appContext, device: undefined };
    const { body } = toTikTokEvent(purchase({ context, consent: { advertising: true, advertiserTracking: false } }));
    expect(body?.user).toEqual({ ip: "198.51.100.7", locale: "en-US" });
  });

  it.each([undefined, ""])(
    "sends the bundle id of an iOS app whose id in the App Store is %j, and says so",
    (storeId) => {
      const device = { platform: "ios" as const, osVersion: "17.2" };
      const consent = { advertising: true, advertiserTracking: true };
      const onIos = toTikTokEvent(
        purchase({ context: { ...appContext, app: { id: "com.some.app", storeId }, device }, consent }),
      );
      expect(onIos.body?.app).toEqual({ app_id: "com.some.app" });
      expect(onIos.issues).toMatchObject([{ severity: "warning", code: "missing", path: "context.app.storeId" }]);
      expect(toTikTokEvent(purchase({ context: appContext, consent })).issues).toEqual([]);
    },
  );

  it("builds store and CRM events with the keys that they take", () => {
    const user = { email: "john_smith@gmail.com", externalId: "user_123", city: "Paris" };
    expect(toTikTokEvent(purchase({ user, context: { source: "store", ip: "198.51.100.7" } })).body?.user).toEqual({
      email,
    });
    const crm = toTikTokEvent(
      purchase({ user, context: { source: "crm", lead: { tiktok: "7", crm: "HubSpot" } } }),
    ).body;
    expect(crm?.user).toEqual({ email, external_id: externalId });
    expect(crm?.lead).toEqual({ lead_id: "7", lead_event_source: "HubSpot" });
  });

  it("sends no empty texts", () => {
    const user = { email: "john_smith@gmail.com" };
    const clicks = { ttclid: "", ttp: "" };
    const web = { ...webContext, ip: "", userAgent: "", locale: "", clicks };
    expect(toTikTokEvent(purchase({ user, context: web })).body?.user).toEqual({ email });
    const consent = { advertising: true, advertiserTracking: true };
    const device = { platform: "ios" as const, osVersion: "17", advertisingId: "", vendorId: "" };
    const app = { ...appContext, ip: "", locale: "", device };
    expect(toTikTokEvent(purchase({ user, consent, context: app })).body?.user).toEqual({
      email,
      att_status: "AUTHORIZED",
    });
  });

  it("names the page view as ttq.page() does", () => {
    const event = createEvent("PageView", {}, { id: "1", time, consent: { advertising: true }, context: webContext });
    expect(toTikTokEvent(event).body?.event).toBe("Pageview");
  });

  it("says limited data use where TikTok takes it", () => {
    const consent = { advertising: true, limitedDataUse: true };
    expect(toTikTokEvent(purchase({ consent })).body?.limited_data_use).toBe(true);
    expect(toTikTokEvent(purchase({ consent, context: { source: "store" } })).body).not.toHaveProperty(
      "limited_data_use",
    );
  });

  it("says that limited data use needs the address, by which TikTok finds out the state", () => {
    const issuesWith = (limitedDataUse: boolean, ip?: string) =>
      toTikTokEvent(purchase({ consent: { advertising: true, limitedDataUse }, context: { ...webContext, ip } }))
        .issues;
    expect(issuesWith(true)).toMatchObject([{ severity: "warning", code: "missing", path: "context.ip" }]);
    expect(issuesWith(true, "2001:db8::1")).toEqual([]);
    expect(issuesWith(false)).toEqual([]);
  });

  it.each([
    ["web without a page", { source: "web" }, "context.page.url"],
    ["app without an app", { source: "app" }, "context.app.id"],
    ["CRM without a lead", { source: "crm" }, "context.lead.tiktok"],
  ])("refuses %s", (_, context, path) => {
    const { body, issues } = toTikTokEvent(purchase({ context: context as never }));
    expect(body).toBeUndefined();
    expect(issues).toContainEqual(expect.objectContaining({ severity: "error", code: "missing", path }));
  });

  it("refuses a store event without e-mail or phone, and sources that TikTok does not have", () => {
    const nobody = purchase({ user: { externalId: "1" }, context: { source: "store" } });
    expect(toTikTokEvent(nobody).issues).toContainEqual(expect.objectContaining({ severity: "error", path: "user" }));
    expect(toTikTokEvent(purchase({ context: { source: "chat" } })).issues).toMatchObject([
      { code: "unsupported_source" },
    ]);
  });

  it.each([
    ["Purchase", 0],
    ["SubmitForm", 0],
    ["Lead", 0],
    ["QuizFinished", 1],
    ["Donate", 1],
    ["Rate", 1],
    ["purchase", 1],
  ])("a store's %s is a custom event, which TikTok does not list for stores: %i", (name, count) => {
    const event = { ...purchase({ context: { source: "store" } }), name: name as "Purchase" };
    const { body, issues } = toTikTokEvent(event);
    expect(body?.event).toBe(name);
    const named = expect.objectContaining({ severity: "warning", code: "bad_name", path: "name" });
    expect(issues).toEqual(count ? [named] : []);
    expect(toTikTokEvent({ ...event, name: "quiz finished" as "Purchase" }).body).toBeUndefined();
  });

  it("keeps an old name and names today's, and refuses a name that TikTok would", () => {
    const named = (name: string) =>
      toTikTokEvent(
        createEvent(name as "Contact", {}, { id: "1", time, consent: { advertising: true }, context: webContext }),
      );
    expect(named("CompletePayment").body?.event).toBe("CompletePayment");
    expect(named("CompletePayment").issues).toMatchObject([{ severity: "warning", code: "legacy_name" }]);
    expect(named("CompletePayment").issues[0]?.message).toContain("Purchase");
    for (const bad of ["1st", "quiz finished", "quiz-", "x".repeat(51), "é"]) {
      expect(named(bad).issues).toContainEqual(expect.objectContaining({ severity: "error", code: "bad_name" }));
    }
    expect(named("x".repeat(50)).body).toBeDefined();
  });

  it("gives nothing without consent", () => {
    expect(toTikTokEvent(purchase({ consent: {} })).issues).toMatchObject([{ code: "consent" }]);
    expect(toTikTokEvent(purchase({ consent: { advertising: false } })).body).toBeUndefined();
  });

  it("says which advertisement an app event is attributed to, under TikTok's names one level off", () => {
    const ad = {
      callback: "E.C.P.x",
      campaignId: "c-1",
      adGroupId: "g-1",
      adId: "a-1",
      isRetargeting: false,
      attributed: true,
      attributionType: "click",
      attributionProvider: "partner",
      attributionShare: 0.5,
    };
    expect(toTikTokEvent(purchase({ context: { ...appContext, ad } })).body?.ad).toEqual({
      callback: "E.C.P.x",
      campaign_id: "c-1",
      ad_id: "g-1",
      creative_id: "a-1",
      is_retargeting: false,
      attributed: true,
      attribution_type: "click",
      attribution_provider: "partner",
      attribution_share: 0.5,
    });
    expect(toTikTokEvent(purchase({ context: { ...webContext, ad } })).body?.ad).toEqual({ attribution_share: 0.5 });
    expect(toTikTokEvent(purchase({ context: { source: "store", ad } })).body).not.toHaveProperty("ad");
  });

  it.each([Number.NaN, 50, -0.1, Number.POSITIVE_INFINITY, "0.5"])("leaves out %j, which is no share", (share) => {
    const ad = { attributionShare: share as number };
    const web = toTikTokEvent(purchase({ context: { ...webContext, ad } }));
    expect(web.body).not.toHaveProperty("ad");
    expect(web.issues).toMatchObject([{ code: "wrong_value", path: "context.ad.attributionShare" }]);
    const app = toTikTokEvent(purchase({ context: { ...appContext, ad: { ...ad, callback: "c" } } }));
    expect(app.body?.ad).toEqual({ callback: "c" });
  });

  it("sends no empty ad, and a share of 0 and of 1", () => {
    const adOf = (ad: object) => toTikTokEvent(purchase({ context: { ...webContext, ad } })).body?.ad;
    expect(adOf({ callback: "c" })).toBeUndefined();
    expect([adOf({ attributionShare: 0 }), adOf({ attributionShare: 1 })]).toEqual([
      { attribution_share: 0 },
      { attribution_share: 1 },
    ]);
  });

  it("names a currency that ISO does not have, and one that TikTok does not list", () => {
    const issuesOf = (currency: string) => {
      const event = createEvent(
        "Purchase",
        { value: 1, currency },
        { id: "1", time, consent: { advertising: true }, context: webContext },
      );
      const { body, issues } = toTikTokEvent(event);
      expect(body).toBeDefined();
      return issues.map(({ code, message }) => [code, message.includes("ISO 4217")]);
    };
    expect(issuesOf("EUR")).toEqual([]);
    expect(issuesOf("XXX")).toEqual([["wrong_value", true]]);
    expect(issuesOf("ISK")).toEqual([]);
    expect(issuesOf("ALL")).toEqual([["wrong_value", false]]);
  });

  // "Not a valid string" refuses the whole request.
  it.each([
    [true, "true"],
    [2, "2"],
    ["paid", "paid"],
  ])("sends the status %j as a text", (status, text) => {
    const init = { id: "1", time, consent: { advertising: true }, context: webContext };
    const event = createEvent("CompleteRegistration", { status: status as string }, init);
    expect(toTikTokEvent(event).body?.properties).toEqual({ status: text });
    expect(toConversion(event).body?.custom_data).toEqual({ status });
  });

  it("names a custom event that looks like a standard one in another case", () => {
    const event = createEvent(
      "purchase" as "Contact",
      {},
      { id: "1", time, consent: { advertising: true }, context: webContext },
    );
    const { body, issues } = toTikTokEvent(event);
    expect(body?.event).toBe("purchase");
    expect(issues).toMatchObject([{ severity: "warning", code: "bad_name" }]);
  });

  it("sends TikTok's members of an item and TikTok's content types alone", () => {
    const properties = {
      contentType: "hotel" as const,
      contents: [
        {
          id: 1,
          quantity: 2,
          price: 3,
          name: "n",
          category: "c",
          brand: "b",
          description: "d",
          deliveryCategory: "in_store" as const,
        },
      ],
    };
    const event = createEvent("ViewContent", properties, {
      id: "1",
      time,
      consent: { advertising: true },
      context: webContext,
    });
    expect(toTikTokEvent(event).body?.properties).toEqual({
      content_ids: ["1"],
      contents: [{ content_id: "1", content_name: "n", content_category: "c", quantity: 2, price: 3, brand: "b" }],
      num_items: 2,
    });
  });

  it.each([true, false, 1, "paid"])("says the status %s as a text", (status) => {
    const event = createEvent("CompleteRegistration", { status } as { status: string }, {
      id: "1",
      time,
      consent: { advertising: true },
      context: webContext,
    });
    expect(toTikTokEvent(event).body?.properties).toEqual({ status: `${status}` });
  });
});
