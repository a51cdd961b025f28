import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { TikTokBusinessError, tiktokBusiness, tiktokOAuth } from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { list, receiver, until } from "./web.js";

let sandbox: Sandbox;
let clock = 0;
beforeAll(async () => {
  sandbox = await createSandbox({ badTokens: ["bad-token"], now: () => Date.UTC(2026, 0, 5, 12) + clock });
});
beforeEach(() => {
  clock = 0;
  sandbox.reset();
});
afterAll(() => sandbox.close());

const app = { id: "700", secret: "app-secret-7" };
const client = (more: object = {}) =>
  tiktokBusiness({
    accessToken: "token",
    app,
    baseUrl: sandbox.url,
    callsPerSecond: 10_000,
    sleep: async () => undefined,
    ...more,
  });
const accountId = "7000000000000000001";
const formId = "7400000000000000001";
const form = { accountId, formId };
const answers = { name: "Ada", email: "ada@example.com", phone_number: "+491511234567" };

describe("subscriptions", () => {
  it("are made, listed and ended, and never give back a secret", async () => {
    const { subscriptions } = client();
    const { url } = await receiver();
    const all = await subscriptions.subscribe({ callbackUrl: url, accountId });
    const one = await subscriptions.subscribe({ callbackUrl: url, accountId, formId });
    const alerts = await subscriptions.subscribe({ entity: "AD", callbackUrl: url, adId: "5" });
    expect(await list(subscriptions.list())).toEqual([
      { id: all, entity: "LEAD", callbackUrl: url, details: { accountId } },
      { id: one, entity: "LEAD", callbackUrl: url, details: { accountId, formId } },
    ]);
    expect((await list(subscriptions.list("AD"))).map(({ id }) => id)).toEqual([alerts]);
    await subscriptions.unsubscribe(all);
    expect((await list(subscriptions.list())).map(({ id }) => id)).toEqual([one]);
    await expect(subscriptions.unsubscribe(all)).rejects.toBeInstanceOf(TikTokBusinessError);
    expect(await list(client({ app: { id: "700", secret: "other" } }).subscriptions.list())).toEqual([]);
  });

  it.each([
    [{}, "LEAD lacks what it is of"],
    [{ accountId, adId: "1" }, "adId is none of LEAD"],
    [{ accountId, formId, leadSource: "DIRECT_MESSAGE" }, "formId of DIRECT_MESSAGE"],
    [{ entity: "AD_ACCOUNT_SUSPENSION", accountIds: Array(101).fill("1") }, "accountIds is too long"],
    [{ entity: "LEADS" }, "entity"],
    [{ accountId: "my account" }, "accountId"],
  ])("with %j are refused before TikTok is asked", async (details, message) => {
    const subscription = { callbackUrl: "https://shop.example/leads", ...details } as never;
    await expect(client().subscriptions.subscribe(subscription)).rejects.toThrow(message);
  });

  it("need the app, which other calls do not", async () => {
    const { leads, subscriptions } = client({ app: undefined });
    await expect(list(subscriptions.list())).rejects.toThrow("app is missing");
    expect(await leads.fields(form)).toEqual(["name", "email", "phone_number"]);
  });

  it("end with the token they were made with", async () => {
    const { url, came } = await receiver();
    await client({ accessToken: "short-lived" }).subscriptions.subscribe({ callbackUrl: url, accountId });
    sandbox.submitLead({ answers });
    await until(() => came.length === 1);
    const redirectUri = "http://127.0.0.1:1/";
    await tiktokOAuth({ appId: "700", secret: "s", redirectUri, baseUrl: sandbox.url }).revoke("short-lived");
    sandbox.submitLead({ answers });
    await until(() => sandbox.leads()[1]?.deliveries[0]?.state === "given up");
    expect(came).toHaveLength(1);
  });
});

describe("leads of the API", () => {
  it("come with where they came from", async () => {
    expect(await client().leads.get(form)).toBeUndefined();
    const { id } = sandbox.submitLead({ answers });
    expect(await client().leads.get(form)).toEqual({
      id,
      source: "INSTANT_FORM",
      createdAt: Date.UTC(2026, 0, 5, 12),
      form: { id: formId, name: "Newsletter" },
      account: { id: accountId },
      campaign: { id: "7500000000000000001", name: "Sandbox leads" },
      adGroup: { id: "7500000000000000002", name: "Everybody" },
      ad: { id: "7500000000000000003", name: "Sandbox ad" },
      answers,
    });
  });

  it("are tested with one lead of each form, which subscriptions send", async () => {
    const { leads, subscriptions } = client();
    const { url, came } = await receiver();
    await subscriptions.subscribe({ callbackUrl: url, accountId });
    const test = await leads.createTestLead(form);
    expect(test).toMatchObject({ form: { id: formId }, answers: { email: "jane.doe@example.com" } });
    await until(() => came.length === 1);
    expect(came[0]?.body).toContain(`"id":${test?.id}`);
    await expect(leads.createTestLead(form)).rejects.toMatchObject({ code: 40002 });
    expect(await leads.testLead(form)).toEqual(test);
    await leads.deleteTestLead(form);
    expect(await leads.testLead(form)).toBeUndefined();
    await expect(leads.createTestLead({ ...form, accountId: "7000000000000000002" })).rejects.toMatchObject({
      code: 40001,
    });
  });

  it("are downloaded once TikTok has written the file: a CSV", async () => {
    const { leads } = client();
    const sent = [sandbox.submitLead({ answers: { ...answers, name: 'Zoë, "Z"' } }), sandbox.submitLead({ answers })];
    sandbox.submitLead({ formId: "7400000000000000002", answers });
    const task = await leads.createTask(form);
    expect(task.status).toBe("CREATED");
    await expect(leads.taskFile(task.id, form)).rejects.toMatchObject({ code: 40201 });
    expect((await leads.task(task.id, form)).status).toBe("RUNNING");
    expect(await leads.task(task.id, form)).toEqual({
      id: task.id,
      status: "SUCCEED",
      fileName: `leads_${task.id}.csv`,
      fileType: "csv",
    });
    const found = await list(leads.download(form));
    expect(found.map(({ id, answers }) => ({ id, answers }))).toEqual(sent.map(({ id, answers }) => ({ id, answers })));
    expect(found[0]).toEqual(
      expect.objectContaining({ form: { id: formId, name: "Newsletter" }, account: { id: accountId } }),
    );
    clock = 600_001;
    await expect(leads.taskFile(task.id, form)).rejects.toMatchObject({ code: 40910 });
  });

  it("are downloaded as an archive when they are many", async () => {
    const sent = Array.from({ length: 1_500 }, () => sandbox.submitLead({ answers }).id);
    expect((await list(client().leads.download(form))).map(({ id }) => id)).toEqual(sent);
  });

  it("are asked for in the region where TikTok keeps them", async () => {
    const [eu, us, other] = (["eu", "us", undefined] as const).map(
      (region) => sandbox.submitLead({ answers, ...(region && { region }) }).id,
    );
    const { leads } = client();
    const ids = async (region?: "eu" | "us") =>
      (await list(leads.download({ ...form, ...(region && { region }) }))).map(({ id }) => id);
    expect([await ids("eu"), await ids("us"), await ids()]).toEqual([[eu], [us], [other]]);
  });

  it("are waited for no longer than allowed", async () => {
    const waits: number[] = [];
    let elapsed = 0;
    const sleep = async (time: number) => {
      waits.push(time);
      elapsed += time;
    };
    const slow = client({ sleep, elapsed: () => elapsed, baseUrl: (await endless()).url });
    await expect(list(slow.leads.download(form, { timeout: 30_000 }))).rejects.toThrow("no file within 30000 ms");
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000]);
  });

  it("that break off on their way are an error of TikTok's", async () => {
    const server = createServer((request, response) => {
      if (request.url?.includes("/download/")) {
        response.writeHead(200, { "content-type": "text/csv", "content-length": "1000" });
        response.write("lead_id,name\n71,Ada\n");
        return void setTimeout(() => response.destroy(), 20);
      }
      response.end(JSON.stringify({ code: 0, data: { task_id: "7", status: "SUCCEED" } }));
    });
    const { leads } = client({ baseUrl: await listen(server) });
    const failure = await list(leads.download(form)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TikTokBusinessError);
    expect((failure as Error).message).toContain("/page/lead/task/download/: no whole answer");
  });

  it.each([
    [{}, "accountId or libraryId"],
    [{ accountId, libraryId: "1", formId }, "accountId or libraryId"],
    [{ accountId }, "formId"],
  ])("with %j are refused before TikTok is asked", async (query, message) => {
    await expect(client().leads.get(query)).rejects.toThrow(message);
    await expect(list(client().leads.download(query))).rejects.toThrow(message);
  });
});

/** A TikTok whose files are never done. */
async function endless() {
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ code: 0, data: { task_id: "7126711421177430274", status: "RUNNING" } }));
  });
  return { url: await listen(server) };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
