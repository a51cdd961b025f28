import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTracker, type EventContext, memoryOutbox, metaAppEvents, type TrackerNews } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { listen, until } from "../delivery/stub.js";
import { appContext, consent, createShopTracker } from "../shop.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.close());

const installs = () => sandbox.events().filter(({ name }) => name === "MOBILE_APP_INSTALL");

describe("install", () => {
  const withDevice = (device: object): EventContext => {
    const context = appContext(1);
    return { ...context, device: { platform: "android", osVersion: "15", ...device } };
  };

  it("goes once a device, by advertising id, else by anon id, also long after it was delivered", async () => {
    let now = Date.now() - 3 * 86_400_000;
    const outbox = memoryOutbox({ now: () => now });
    await using tracker = createShopTracker(sandbox, { outbox, now: () => now });
    const install = (device: object) => tracker.track("MobileAppInstall", {}, { context: withDevice(device), consent });
    const id = "38400000-8cf0-11bd-b23e-10b96e40000d";
    expect(await install({ advertisingId: id })).toMatchObject({ queued: ["meta-app"] });
    await tracker.flush();
    now += 86_400_000;
    expect(await install({ advertisingId: id })).toMatchObject({ queued: [], duplicate: ["meta-app"] });
    expect(await install({ advertisingId: id.toUpperCase(), anonId: "XZ1" })).toMatchObject({ queued: [] });
    expect(await install({ anonId: "XZ1" })).toMatchObject({ queued: ["meta-app"] });
    expect(await install({ anonId: "XZ1" })).toMatchObject({ duplicate: ["meta-app"] });
    expect(await install({ anonId: "XZ2" })).toMatchObject({ queued: ["meta-app"] });
    await tracker.flush();
    expect(installs()).toHaveLength(3);
  });

  it("takes all zeros, which every device without an id has, for none", async () => {
    await using tracker = createShopTracker(sandbox);
    for (const anonId of ["XZ1", "XZ2"]) {
      const device = { advertisingId: "00000000-0000-0000-0000-000000000000", anonId };
      const { queued } = await tracker.track("MobileAppInstall", {}, { context: withDevice(device), consent });
      expect(queued).toEqual(["meta-app"]);
    }
  });

  it("other events of the same device are not held back by it", async () => {
    await using tracker = createShopTracker(sandbox);
    for (const name of ["MobileAppInstall", "ActivateApp", "ActivateApp"] as const) {
      const { queued } = await tracker.track(name, {}, { context: appContext(1), consent });
      expect(queued).toEqual(["meta-app"]);
    }
  });

  it("the outbox keeps only a hash of the key", async () => {
    const keys: (string | undefined)[] = [];
    const outbox = memoryOutbox();
    await using tracker = createShopTracker(sandbox, {
      outbox: {
        ...outbox,
        add: (parcels) => {
          keys.push(...parcels.map(({ once }) => once));
          return outbox.add(parcels);
        },
      },
    });
    await tracker.track("MobileAppInstall", {}, { context: appContext(1), consent });
    expect(keys).toEqual([expect.stringMatching(/^[\da-f]{64}$/)]);
  });
});

describe("the 1,000 event names of an app", () => {
  it("are watched: a warning from 900 on, an issue and no request for the one too many", async () => {
    await using tracker = createShopTracker(sandbox);
    const news = listen(tracker);
    const found: (string | undefined)[] = [];
    for (let index = 1; index <= 1_002; index++) {
      const { issues, queued } = await tracker.track(`Custom${index}` as never, {} as never, {
        context: appContext(1),
        consent,
      });
      const issue = issues.find(({ path }) => path === "name");
      found.push(issue?.severity);
      expect(queued).toEqual(index <= 1_000 ? ["meta-app"] : []);
    }
    expect(found.indexOf("warning")).toBe(899);
    expect(found.indexOf("error")).toBe(1_000);
    expect(news.filter(([kind]) => kind === "warning").map(([, one]) => one)).toEqual([
      { destination: "meta-app", detail: "this app has used 900 of the 1000 event names that Meta takes" },
      { destination: "meta-app", detail: "this app has used 1000 of the 1000 event names that Meta takes" },
    ]);
    const known = await tracker.track("Custom1" as never, {} as never, { context: appContext(2), consent });
    expect(known).toMatchObject({ queued: ["meta-app"], dropped: [] });
    expect(await tracker.flush()).toMatchObject({ delivered: 1_001, dead: 0, dropped: 2 });
  });
});

describe("claims of measurement partners", () => {
  it("reach a listener, with the events of the request, and nothing else", async () => {
    const answer = {
      is_fb: true,
      is_paid: true,
      ad_id: 23_843_000_000,
      campaign_name: "Autumn",
      click_time: 1_760_000_000,
      fbclid: "click-id-of-a-person",
    };
    sandbox.faults.add({ kind: "answer", body: answer, endpoint: "meta.appEvents", count: 1 });
    await using tracker = createTracker({
      destinations: [metaAppEvents({ appId: "1", appSecret: "s", baseUrl: sandbox.url, considerViews: true })],
    });
    const news = listen(tracker);
    await tracker.track("ActivateApp", {}, { id: "a-1", context: appContext(1), consent });
    await until(() => news.length === 2);
    expect(news[0]).toEqual([
      "attribution",
      {
        destination: "meta-app",
        events: [{ name: "ActivateApp", id: "a-1" }],
        claim: {
          isFb: true,
          isPaid: true,
          adId: "23843000000",
          campaignName: "Autumn",
          clickTime: 1_760_000_000_000,
          fbclid: "click-id-of-a-person",
        },
      } satisfies TrackerNews["attribution"],
    ]);
    expect(news[1]?.[0]).toBe("delivered");
    expect(sandbox.requests()[0]?.body).toMatchObject({ consider_views: "TRUE" });
    expect(JSON.stringify(await tracker.status())).not.toContain("click-id");
  });
});
