import {
  AppData,
  Application,
  BatchProcessor,
  Content,
  CrashReporter,
  CustomData,
  EventRequest,
  ExtendedDeviceInfo,
  FacebookAdsApi,
  ServerEvent,
  UserData,
} from "facebook-nodejs-business-sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { EMAIL_HASH, EXTINFO, NAME_HASH, NOW, NOW_SECONDS } from "./calls.js";

// Meta's SDK for Node, which nobody here wrote, against the sandbox.

const SECRET = "app-secret";
let now = NOW;
let sandbox: Sandbox;
let proving: Sandbox;
let graph: string;
const original = Object.getOwnPropertyDescriptor(FacebookAdsApi, "GRAPH");
const uncaught = process.listeners("uncaughtException");

beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["wrong"], expiredTokens: ["old"], now: () => now });
  proving = await createSandbox({ appSecret: SECRET, now: () => now });
  // The SDK has the host as a static getter of its API class and no setting for it.
  Object.defineProperty(FacebookAdsApi, "GRAPH", { configurable: true, get: () => graph });
});
beforeEach(() => {
  now = NOW;
  graph = sandbox.url;
  sandbox.reset();
  proving.reset();
});
afterAll(async () => {
  if (original) Object.defineProperty(FacebookAdsApi, "GRAPH", original);
  // It hooks the whole process, and offers no way to leave.
  CrashReporter.disable();
  for (const listener of process.listeners("uncaughtException")) {
    if (!uncaught.includes(listener)) process.off("uncaughtException", listener);
  }
  await Promise.all([sandbox.close(), proving.close()]);
});

const person = () =>
  new UserData()
    .setEmail(" John_Smith@gmail.com ")
    .setPhone("+1 (650) 555-1212")
    .setFirstName("Mary")
    .setGender("f")
    .setClientIpAddress("203.0.113.7")
    .setClientUserAgent("Mozilla/5.0")
    .setFbp("fb.1.1558571054389.1098115397");
const purchase = () =>
  new CustomData()
    .setCurrency("usd")
    .setValue(142.52)
    .setContents([new Content().setId("1234").setQuantity(2).setItemPrice(71.26).setDeliveryCategory("home_delivery")]);
const event = () =>
  new ServerEvent()
    .setEventName("Purchase")
    .setEventTime(NOW_SECONDS)
    .setEventId("e-1")
    .setEventSourceUrl("https://shop.example/thanks")
    .setActionSource("website")
    .setUserData(person())
    .setCustomData(purchase());
const request = (events: readonly ServerEvent[], token = "token-1", id = "1234567890") =>
  new EventRequest(token, id, events);

describe("its events are taken", () => {
  test("with the person hashed as the vectors are", async () => {
    const settings = request([event()]).setTestEventCode("TEST1").setPartnerAgent("shop-7");
    const answer = await settings.execute();
    expect([answer.events_received, answer.messages, answer.fbtrace_id]).toEqual([1, [], expect.any(String)]);
    expect(sandbox.events()).toMatchObject([
      {
        endpoint: "meta.conversions",
        sourceId: "1234567890",
        name: "Purchase",
        id: "e-1",
        testEventCode: "TEST1",
        time: NOW,
        outcome: "counted",
        warnings: [],
        matchKeys: ["client_ip_address", "client_user_agent", "em", "fbp", "fn", "ge", "ph"],
        payload: { user_data: { em: [EMAIL_HASH], fn: [NAME_HASH] }, custom_data: { value: 142.52, currency: "USD" } },
      },
    ]);
    expect(sandbox.requests()).toMatchObject([
      { path: `/${FacebookAdsApi.VERSION}/1234567890/events?access_token=%5Bredacted%5D` },
    ]);
    expect(JSON.stringify(sandbox.requests())).not.toContain("token-1");
  });

  test("proved by the app's secret", async () => {
    graph = proving.url;
    expect((await request([event()]).setAppSecret(SECRET).execute()).events_received).toBe(1);
  });

  test("2,500 of them, as it splits them", async () => {
    const events = Array.from({ length: 2500 }, (_, index) => event().setEventId(`e-${index}`));
    await new BatchProcessor(1000, 2).processEvents(request([]), events);
    expect(sandbox.requests()).toHaveLength(3);
    expect(new Set(sandbox.events().map(({ id }) => id)).size).toBe(2500);
  });

  test("of a shop and of a conversation", async () => {
    const inStore = event()
      .setActionSource("PHYSICAL_STORE")
      .setEventTime(NOW_SECONDS - 30 * 86_400);
    const data = new UserData().setCtwaClid("c").setPageId("1").setExternalId("u-1");
    const chat = event().setActionSource("chat").setEventName("Contact").setEventId("e-2").setUserData(data);
    expect((await request([inStore, chat]).execute()).events_received).toBe(2);
    // This version of it sends the external id as it was given.
    expect(sandbox.events().map(({ warnings }) => warnings)).toEqual([
      [],
      ["external_id is not a SHA-256 hash: hashing it is recommended"],
    ]);
  });
});

describe("its broken ones get Meta's errors, as it gives them to its users", () => {
  /** The error that the SDK throws. */
  async function failure(sent: EventRequest) {
    const error = await sent.execute().then(
      () => expect.unreachable("the sandbox took it"),
      (reason: unknown) =>
        reason as { name: string; status: number; message: string; response: Record<string, unknown> },
    );
    expect(error.name).toBe("FacebookRequestError");
    expect(sandbox.events()).toEqual([]);
    const { code, error_subcode: subcode, error_user_msg: hint = "" } = error.response;
    return [error.status, code, subcode, /\$[^"]*/.exec(String(hint))?.[0]];
  }
  const data = "$['data'][0]";
  const app = (fields: AppData) => event().setActionSource("app").setAppData(fields);
  const device = new ExtendedDeviceInfo()
    .setExtInfoVersion("a2")
    .setAppPackageName("com.shop.app")
    .setOsVersion("10.1.1")
    .setDeviceModelName("OnePlus6");

  test.each<[string, () => ServerEvent, number | undefined, string]>([
    ["too old", () => event().setEventTime(NOW_SECONDS - 8 * 86_400), 2804003, `${data}['event_time']`],
    ["to come", () => event().setEventTime(NOW_SECONDS + 600), undefined, `${data}['event_time']`],
    ["in milliseconds", () => event().setEventTime(NOW), undefined, `${data}['event_time']`],
    [
      "a Purchase without value",
      () => event().setCustomData(new CustomData().setCurrency("usd")),
      2804009,
      `${data}['custom_data']['value']`,
    ],
    [
      "a Purchase without currency",
      () => event().setCustomData(new CustomData().setValue(1)),
      undefined,
      `${data}['custom_data']['currency']`,
    ],
    // It takes MD5 for a hash that is ready.
    [
      "a bad hash",
      () => event().setUserData(person().setEmail("5f4dcc3b5aa765d61d8327deb882cf99")),
      2804016,
      `${data}['user_data']['em']`,
    ],
    [
      "nobody but a browser",
      () => event().setUserData(new UserData().setClientUserAgent("Mozilla/5.0")),
      2804050,
      `${data}['user_data']`,
    ],
    ["no page", () => event().setEventSourceUrl(undefined), undefined, `${data}['event_source_url']`],
    ["no source", () => event().setActionSource(undefined), undefined, `${data}['action_source']`],
    ["an unknown source", () => event().setActionSource("web"), undefined, `${data}['action_source']`],
    ["a numeric id", () => event().setEventId(7), 2804019, `${data}['event_id']`],
    // Its issue 258: the flag goes where Meta has no place for it.
    ["the tracking flag of an event", () => event().setAdvertiserTrackingEnabled(true), 2804019, data],
    // Its device information is an object keyed "0" to "15", where Meta documents a list.
    [
      "its device information",
      () => app(new AppData().setAdvertiserTrackingEnabled(true).setExtinfo(device)),
      2804019,
      `${data}['app_data']['extinfo']`,
    ],
    [
      "an app without tracking flag",
      () => app(new AppData().setExtinfo({ normalize: () => EXTINFO })),
      undefined,
      `${data}['app_data']['advertiser_tracking_enabled']`,
    ],
  ])("%s", async (_, make, subcode, path) => {
    expect(await failure(request([make()]))).toEqual([400, 100, subcode, path]);
  });

  test("app events pass with device information in a list", async () => {
    const fields = new AppData().setAdvertiserTrackingEnabled(true).setExtinfo({ normalize: () => EXTINFO });
    expect((await request([app(fields)]).execute()).events_received).toBe(1);
  });

  test("one bad event among good ones", async () => {
    const events = [event(), event().setEventTime(NOW_SECONDS - 8 * 86_400)];
    expect(await failure(request(events))).toEqual([400, 100, 2804003, "$['data'][1]['event_time']"]);
  });

  test("too many, and none", async () => {
    expect(await failure(request(Array.from({ length: 1001 }, event)))).toEqual([400, 100, undefined, "$['data']"]);
    expect(await failure(request([]))).toEqual([400, 100, undefined, "$['data']"]);
  });

  test("tokens", async () => {
    expect(await failure(request([event()], "wrong"))).toEqual([401, 190, undefined, undefined]);
    expect(await failure(request([event()], "old"))).toEqual([401, 190, 463, undefined]);
  });

  test("no proof, and a wrong one", async () => {
    graph = proving.url;
    expect(await failure(request([event()]))).toEqual([400, 100, undefined, undefined]);
    expect(await failure(request([event()]).setAppSecret("another"))).toEqual([400, 100, undefined, undefined]);
  });

  test("no such dataset", async () => {
    expect(await failure(request([event()], "token-1", "my-shop"))).toEqual([400, 100, 33, undefined]);
  });

  // Its issue 178: the version is baked in, and one day calls fail.
  test("a version that has expired", async () => {
    now = Date.UTC(2028, 1, 18);
    expect(await failure(request([event()]))).toEqual([400, 2635, undefined, undefined]);
  });
});

test("its App Events can not be sent from a server: it sets no X-Forwarded-For", async () => {
  FacebookAdsApi.init("4321|secret");
  const sent = new Application("4321").createActivity([], {
    event: "CUSTOM_APP_EVENTS",
    advertiser_id: "38400000-8cf0-11bd-b23e-10b96e40000d",
    advertiser_tracking_enabled: true,
    application_tracking_enabled: true,
    custom_events: [{ _eventName: "fb_mobile_add_to_cart" }],
  });
  await expect(sent).rejects.toMatchObject({ status: 400, response: { code: 100 } });
});
