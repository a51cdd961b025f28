import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type StandardEventName, standardEvents } from "@beaconry/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { adviceFor } from "../../src/cli/send/advice.js";
import { chooseReceivers, type ReceiverOptions } from "../../src/cli/send/receivers.js";
import { sampleEvent, sampleSources } from "../../src/cli/send/sample-event.js";
import { usualSource } from "../../src/cli/send/sample-properties.js";
import { sendTo } from "../../src/cli/send/send-to.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { beaconry, beaconryJson, makeFolder } from "./beaconry.js";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await createSandbox();
});

afterEach(async () => {
  await sandbox.close();
});

const names = Object.keys(standardEvents) as StandardEventName[];

describe("samples", () => {
  it.each(names)("%s is taken by both vendors, without an issue", async (name) => {
    const source = usualSource(name);
    const event = sampleEvent(name, source, {}, { id: crypto.randomUUID(), now: Date.now() });
    for (const receiver of await chooseReceivers(source, { sandbox: sandbox.url })) {
      expect(await sendTo(receiver, event)).toEqual({
        destination: receiver.destination.name,
        outcome: "taken",
        status: 200,
        issues: [],
      });
    }
  });

  it.each(sampleSources)("a purchase is taken of %s", async (source) => {
    const event = sampleEvent("Purchase", source, {}, { id: "1", now: Date.now() });
    for (const receiver of await chooseReceivers(source, { sandbox: sandbox.url })) {
      expect(await sendTo(receiver, event)).toMatchObject({ outcome: "taken", issues: [] });
    }
  });

  it("happens in an app only where the web has no name for it", () => {
    expect(names.filter((name) => usualSource(name) === "app")).toContain("LevelAchieved");
    expect(["Purchase", "Donate", "Download"].map((name) => usualSource(name as StandardEventName))).toEqual([
      "web",
      "web",
      "web",
    ]);
  });
});

describe("beaconry send", () => {
  it("sends one event under one id to both vendors and says that they took it", async () => {
    const { code, json } = await beaconryJson(["send", "Purchase", "--sandbox", sandbox.url]);
    const { id } = json.event;
    expect({ code, json }).toEqual({
      code: 0,
      json: {
        event: { name: "Purchase", id: expect.stringMatching(/^[\da-f-]{36}$/), source: "web" },
        results: [
          { destination: "tiktok", outcome: "taken", status: 200, issues: [] },
          { destination: "meta", outcome: "taken", status: 200, issues: [] },
        ],
      },
    });
    expect(sandbox.events().map((event) => [event.endpoint, event.name, event.id])).toEqual([
      ["tiktok.events", "Purchase", id],
      ["meta.conversions", "Purchase", id],
    ]);
    const words = await beaconry(["send", "LevelAchieved", `--sandbox=${sandbox.url}/`]);
    expect(words).toMatchObject({ code: 0, stderr: "" });
    expect(words.stdout).toMatch(
      /^LevelAchieved {2}app {2}\S{36}\n\ntiktok {4}taken {2}HTTP 200\n\nmeta-app {2}taken {2}HTTP 200\n$/,
    );
  });

  it("takes properties from flags, and any member from JSON on stdin or in a file", async () => {
    const change = {
      id: "order-7",
      properties: { currency: "usd", orderId: null, colour: "red" },
      user: { email: null, phone: "+49 30 901820" },
      context: { page: { url: "https://other.example/" } },
      consent: { limitedDataUse: true },
    };
    const args = ["send", "Purchase", "--sandbox", sandbox.url, "--set", "value=0", "--set", "colour=blue"];
    const fromStdin = await beaconryJson([...args, "--event", "-"], { input: JSON.stringify(change) });
    expect(fromStdin.json.event).toEqual({ name: "Purchase", id: "order-7", source: "web" });
    const [tiktok, meta] = sandbox.events();
    expect(tiktok?.payload).toMatchObject({
      event_id: "order-7",
      page: { url: "https://other.example/" },
      properties: { currency: "USD", value: 0, colour: "blue" },
      limited_data_use: true,
    });
    expect(meta?.payload).toMatchObject({
      custom_data: { currency: "USD", value: 0, colour: "blue" },
      data_processing_options: ["LDU"],
    });
    expect(meta?.matchKeys).toContain("ph");
    expect(meta?.matchKeys).not.toContain("em");

    const file = join(makeFolder(), "event.json");
    writeFileSync(file, JSON.stringify({ id: "order-8" }));
    expect((await beaconryJson([...args, "--event", file])).json.event.id).toBe("order-8");
  });

  it("passes test codes on", async () => {
    const codes = ["--tiktok-test-code", "TEST1", "--meta-test-code", "TEST2"];
    const { json } = await beaconryJson(["send", "Contact", "--sandbox", sandbox.url, ...codes]);
    expect(json.results).toMatchObject([{ testCode: "TEST1" }, { testCode: "TEST2" }]);
    expect(sandbox.requests().map(({ body }) => (body as Record<string, unknown>).test_event_code)).toEqual([
      "TEST1",
      "TEST2",
    ]);
  });

  it("does not send what would be refused, and says why", async () => {
    const args = ["send", "Purchase", "--sandbox", sandbox.url, "--set", "value=null"];
    const { code, stdout } = await beaconry(args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^tiktok {4}taken {2}HTTP 200\n {2}warning {2}properties\.value is required for Purchase$/m);
    expect(stdout).toMatch(/^meta {6}not sent\n {2}error {2}properties\.value is required for Purchase$/m);
    expect(sandbox.requests().length).toBe(1);
  });

  // Codes by the vendors' documents; the sandbox answers with them.
  it.each([
    ["expiredToken", {}, [40_102, undefined], [190, 463], /access token has expired.* put it into (TIKTOK|META)_TOKEN/],
    ["rateLimit", {}, [40_100, undefined], [80_004, 2_446_079], /limit of calls is reached: wait/],
    ["serverError", { status: 503 }, [undefined, undefined], [undefined, undefined], /on the vendor's side: try again/],
    ["cut", {}, [undefined, undefined], [undefined, undefined], /No answer came: check the address, the network/],
  ] as const)("says what to do about %s", async (kind, more, tiktok, meta, advice) => {
    sandbox.faults.add({ kind, ...more } as Parameters<Sandbox["faults"]["add"]>[0]);
    const { code, json } = await beaconryJson(["send", "Purchase", "--sandbox", sandbox.url]);
    expect(code).toBe(1);
    for (const [index, [expectedCode]] of [tiktok, meta].entries()) {
      expect(json.results[index]).toMatchObject({ outcome: "later", advice: expect.stringMatching(advice) });
      expect(json.results[index].code).toBe(expectedCode);
    }
  });

  it("repeats no token that a server gives back, and nothing of the person", async () => {
    const echo = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const message = `no: ${body} ${JSON.stringify(request.headers)}`;
      response.end(JSON.stringify({ code: 40_002, message, error: { code: 100, message } }));
    });
    await once(echo.listen(0, "127.0.0.1"), "listening");
    const address = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`;
    const user = JSON.stringify({ user: { email: "ada@example.com" } });
    const args = ["send", "Purchase", "--sandbox", address, "--event", "-"];
    for (const more of [[], ["--json"]]) {
      const { code, stdout, stderr } = await beaconry([...args, ...more], { input: user });
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("40002");
      // SHA-256 of the address.
      expect(stdout + stderr).not.toMatch(/ada@example|b5fc85e55755f9e0/);
    }
    echo.close();
  });

  it.each([
    [["Purchas"], /^error: Purchas is no event of the catalogue: did you mean Purchase\?$/],
    [["Purchase"], /^error: nowhere to send to: give --pixel-code/],
    [["Purchase", "--pixel-code", "C0"], /^error: no token: put it into the environment variable TIKTOK_TOKEN, or/],
    [["Purchase", "--dataset-id", "1"], /^error: no token: put it into the environment variable META_TOKEN, or/],
    [["Purchase", "--app-id", "1"], /^error: no token: put it into the environment variable META_APP_SECRET, or/],
    [["Purchase", "--token", "secret"], /^error: unknown option '--token'$/],
    [["Purchase", "--sandbox", "ftp://x"], /--sandbox \[address\]' argument 'ftp:\/\/x' is invalid/],
    [["Purchase", "--sandbox", "--event", "-", "--meta-token-file", "-"], /^error: stdin can be read only once/],
    [["Purchase", "--sandbox", "--event", "-"], /^error: --event is no JSON$/],
    [["Purchase", "--sandbox", "--set", "value"], /^error: --set takes name=value$/],
  ])("%j is a wrong call", async (args, words) => {
    const { code, stdout, stderr } = await beaconry(["send", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trimEnd()).toMatch(words);
  });

  it.each([
    ['{"user":5}', /--event: user is no object/],
    ['{"name":"x"}', /--event: name is unknown, accepted is properties, user, context, consent, id, time/],
    ['{"time":"soon"}', /--event: time is neither/],
    ["[]", /--event is no JSON object/],
  ])("names what is wrong with %s", async (input, words) => {
    const { code, stderr } = await beaconry(["send", "Contact", "--sandbox", "--event", "-"], { input });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(words) });
  });
});

describe("real vendors", () => {
  const env = process.env;
  afterEach(() => {
    process.env = env;
  });
  const choose = (options: ReceiverOptions, source: (typeof sampleSources)[number] = "web") => {
    process.env = { TIKTOK_TOKEN: "tiktok-token", META_TOKEN: "meta-token\n", META_APP_SECRET: "app-secret" };
    return chooseReceivers(source, options);
  };

  it("are sent tests only, unless told --live", async () => {
    await expect(choose({ pixelCode: "C0" })).rejects.toThrow(
      /without --tiktok-test-code .* this event would count at tiktok/,
    );
    await expect(choose({ datasetId: "1" })).rejects.toThrow(/without --meta-test-code/);
    await expect(choose({ appId: "1", live: undefined }, "app")).rejects.toThrow(/App Events has no test events/);
    await expect(choose({ pixelCode: "C0", datasetId: "1", tiktokTestCode: "TEST1" })).rejects.toThrow(
      /--meta-test-code/,
    );
    expect((await choose({ pixelCode: "C0", datasetId: "1", appId: "2", live: true }, "app")).length).toBe(3);
  });

  it("get the tokens of the environment or of files, in headers, at their own addresses", async () => {
    const file = join(makeFolder(), "token");
    writeFileSync(file, " token-of-file \n");
    const [tiktok, meta] = await choose({
      pixelCode: "C0",
      tiktokTokenFile: file,
      tiktokTestCode: "TEST1",
      datasetId: "1",
      metaTestCode: "TEST2",
    });
    expect(await tiktok?.destination.request("web TEST1", ["{}"])).toMatchObject({
      url: "https://business-api.tiktok.com/open_api/v1.3/event/track/",
      headers: { "Access-Token": "token-of-file" },
      body: expect.stringContaining('"test_event_code":"TEST1"'),
    });
    expect(await meta?.destination.request("TEST2", ["{}"])).toMatchObject({
      url: "https://graph.facebook.com/v26.0/1/events",
      headers: { Authorization: "Bearer meta-token" },
      body: expect.stringContaining('"test_event_code":"TEST2"'),
    });
    writeFileSync(file, "two words");
    await expect(choose({ pixelCode: "C0", tiktokTokenFile: file, live: true })).rejects.toThrow(
      /^(?!.*two words)the token of TIKTOK_TOKEN or --tiktok-token-file holds blanks/,
    );
  });
});

describe("advice", () => {
  const failure = { tokenIn: "META_TOKEN", status: 400 };
  it.each([
    ["tiktok", 40_001, undefined, /admin or operator/],
    ["tiktok", 40_105, undefined, /none that the vendor knows.* META_TOKEN/],
    ["tiktok", 40_002, undefined, /words name what is wrong/],
    ["tiktok", 60_001, undefined, /maintenance/],
    ["meta", 190, undefined, /none that the vendor knows/],
    ["meta", 190, 460, /change of password/],
    ["meta", 190, 463, /has expired/],
    ["meta", 100, 33, /no dataset or app of this id/],
    ["meta", 100, 2_804_003, /too old: Meta takes 7 days/],
    ["meta", 100, 2_804_050, /too little to recognise/],
    ["meta", 100, 1, /words name what is wrong/],
    ["meta", 200, undefined, /lacks a permission/],
    ["meta", 2_635, undefined, /no longer served/],
  ] as const)("%s %d/%s", (vendor, code, subcode, words) => {
    expect(adviceFor({ ...failure, vendor, code, subcode })).toMatch(words);
  });

  it("goes by the status where there is no code, and has something for any code", () => {
    expect(adviceFor({ ...failure, vendor: "tiktok", status: 404 })).toMatch(/nothing at this address/);
    expect(adviceFor({ ...failure, vendor: "meta", status: 502 })).toMatch(/vendor's side/);
    expect(adviceFor({ ...failure, vendor: "meta", status: 429 })).toMatch(/limit/);
    expect(adviceFor({ ...failure, vendor: "tiktok", code: 49_999 })).toMatch(/words name/);
  });
});
