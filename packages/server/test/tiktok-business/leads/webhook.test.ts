import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { leadHandler } from "@beaconry/server/node";
import { type LeadWebhookOptions, leadWebhook, type TikTokLead } from "@beaconry/server/tiktok-business";
import express from "express";
import { describe, expect, it, onTestFinished } from "vitest";

const appSecret = "app-secret-7";
const secretPath = "/leads/0123456789abcdef0123456789";
const url = `https://shop.example${secretPath}`;
const now = Date.UTC(2026, 0, 5, 12);

/** As in TikTok's guide: ids are numbers, longer than JavaScript's. */
const entry = (id: string, more = "") =>
  `{"id":${id},"page_id":6873052183063953666,"page_name":"","campaign_id":1701890943400961,"campaign_name":"Spring",` +
  `"adgroup_id":7126711421177430275,"ad_id":0,"create_time":1614239152,"advertiser_id":7126711421177430276,` +
  `"library_id":0,"lead_source":"INSTANT_FORM","changes":[{"field":"email","value":"ada@example.com"},` +
  `{"field":"phone_number","value":"15088888888"}${more}]}`;
const notice = (...entries: string[]) => `{"object":1,"entry":[${entries.join(",")}],"time":1614334356}`;
const id = "7126711421177430274";

const open = (body: string, secret = appSecret) => ({
  "x-open-signature": createHmac("sha256", secret).update(body).digest("hex"),
});
const timed = (body: string, time = now, secret = appSecret) => {
  const t = Math.floor(time / 1_000);
  return { "tiktok-signature": `t=${t},s=${createHmac("sha256", secret).update(`${t}.${body}`).digest("hex")}` };
};

function make(more: Partial<LeadWebhookOptions> = {}) {
  const kept: TikTokLead[][] = [];
  const webhook = leadWebhook({
    appSecret,
    secretPath,
    now: () => now,
    onLeads: async (leads) => void kept.push([...leads]),
    ...more,
  });
  const send = async (
    body: BodyInit,
    headers: Record<string, string> = {},
    init: RequestInit & { url?: string } = {},
  ) => {
    const request = new Request(init.url ?? url, { method: "POST", body, headers, ...init });
    const answer = await webhook.handle(request);
    return { status: answer.status, body: await answer.json(), headers: answer.headers };
  };
  return { webhook, kept, send };
}

describe("the lead webhook", () => {
  it("reads leads with all their ids, to the last digit", async () => {
    const { kept, send } = make();
    const body = notice(entry(id));
    expect(await send(body, open(body))).toMatchObject({ status: 200, body: { kept: 1, duplicate: 0, rejected: 0 } });
    expect(kept).toEqual([
      [
        {
          id,
          source: "INSTANT_FORM",
          createdAt: 1_614_239_152_000,
          form: { id: "6873052183063953666" },
          account: { id: "7126711421177430276" },
          campaign: { id: "1701890943400961", name: "Spring" },
          adGroup: { id: "7126711421177430275" },
          answers: { email: "ada@example.com", phone_number: "15088888888" },
        },
      ],
    ]);
  });

  it("takes ids that are texts as well, and leaves numbers in answers alone", async () => {
    const { kept, send } = make();
    const body = notice(entry(`"${id}"`, ',{"field":"say \\"7126711421177430274\\", 7126711421177430279","value":12}'));
    expect((await send(body)).status).toBe(200);
    expect(kept[0]?.[0]).toMatchObject({
      id,
      answers: { 'say "7126711421177430274", 7126711421177430279': "12" },
    });
  });

  it("verifies both of TikTok's signatures, each by itself and together", async () => {
    const { send } = make({ requireSignature: true });
    let at = 1;
    const next = () => notice(entry(`${id}${at++}`));
    for (const sign of [open, timed, (body: string) => ({ ...open(body), ...timed(body) })]) {
      const body = next();
      expect((await send(body, sign(body) as Record<string, string>)).status).toBe(200);
    }
  });

  it("verifies a signature over the escaped form of a body that is not escaped", async () => {
    const { send } = make({ requireSignature: true });
    const body = notice(entry(id, ',{"field":"name","value":"Zoë 李 😀"}'));
    const escaped = body.replace("Zoë 李 😀", "Zo\\u00eb \\u674e \\ud83d\\ude00");
    expect((await send(body, open(escaped))).status).toBe(200);
    expect((await send(escaped, open(escaped))).status).toBe(200);
    expect((await send(body, open(escaped.replace("00eb", "00ec")))).status).toBe(401);
  });

  it.each([
    ["another secret", (body: string) => open(body, "other")],
    ["another body", (body: string) => open(`${body} `)],
    ["another secret in the timed one", (body: string) => timed(body, now, "other")],
    ["a time too long ago", (body: string) => timed(body, now - 301_000)],
    ["a time to come", (body: string) => timed(body, now + 301_000)],
    ["one right and one wrong", (body: string) => ({ ...open(body), ...timed(body, now, "other") })],
    ["an empty one", () => ({ "x-open-signature": "" })],
    ["junk", () => ({ "tiktok-signature": "t=,s=,,=" })],
  ])("refuses %s, also where none is required", async (_, sign) => {
    const { kept, send } = make();
    const body = notice(entry(id));
    expect((await send(body, sign(body) as Record<string, string>)).status).toBe(401);
    expect(kept).toEqual([]);
  });

  it("takes what is not signed unless told otherwise, at its own path only", async () => {
    expect((await make().send(notice(entry(id)))).status).toBe(200);
    expect((await make({ requireSignature: true }).send(notice(entry(id)))).status).toBe(401);
    const elsewhere = { url: "https://shop.example/leads/0123456789abcdef012345678" };
    expect((await make().send(notice(entry(id)), {}, elsewhere)).status).toBe(404);
  });

  it("must be told how TikTok is known", () => {
    const onLeads = async () => undefined;
    expect(() => leadWebhook({ appSecret, onLeads })).toThrow("secretPath, or requireSignature: true");
    expect(() => leadWebhook({ appSecret, onLeads, secretPath: "/leads" })).toThrow("secretPath");
    expect(() => leadWebhook({ appSecret: "", onLeads, secretPath })).toThrow("appSecret");
  });

  it("gives a lead to onLeads once, however often it comes", async () => {
    const { kept, send } = make();
    const both = notice(entry(id), entry(id), entry("7126711421177430299"));
    expect((await send(both)).body).toEqual({ kept: 2, duplicate: 1, rejected: 0 });
    expect((await send(both)).body).toEqual({ kept: 0, duplicate: 3, rejected: 0 });
    expect(kept.flat().map((lead) => lead.id)).toEqual([id, "7126711421177430299"]);
  });

  it("asks TikTok to send again what was not kept, and tells nobody whose it was", async () => {
    const failures: string[] = [];
    let works = false;
    const { send } = make({
      onLeads: async () => {
        if (!works) throw Object.assign(new Error("disk full: ada@example.com"), { code: "ENOSPC" });
      },
      onFailure: (detail) => failures.push(detail),
    });
    const refused = await send(notice(entry(id)));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
    expect(JSON.stringify(refused.body)).not.toContain("ada");
    expect(failures).toEqual(["Error ENOSPC"]);
    works = true;
    expect((await send(notice(entry(id)))).body).toEqual({ kept: 1, duplicate: 0, rejected: 0 });
  });

  it("answers for a lead that another request is keeping only when it is kept", async () => {
    const keeping = Promise.withResolvers<void>();
    const { send } = make({ onLeads: () => keeping.promise });
    const answers: number[] = [];
    const first = send(notice(entry(id))).then(({ status }) => answers.push(status));
    const second = send(notice(entry(id))).then(({ status }) => answers.push(status));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answers).toEqual([]);
    keeping.reject(new Error("gone"));
    await Promise.all([first, second]);
    expect(answers).toEqual([503, 503]);
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "<html>"],
    ["a list", "[]"],
    ["null", "null"],
    ["another object", '{"object":3,"entry":[]}'],
    ["no entries", '{"object":1}'],
    ["entries that are none", '{"object":1,"entry":[null,7,"x",{},{"id":"x","changes":[]},{"id":1}]}'],
    ["changes that are none", '{"object":1,"entry":[{"id":1,"changes":[null]},{"id":2,"changes":{}}]}'],
    ["too many entries", `{"object":1,"entry":[${Array(1_001).fill(entry(id)).join(",")}]}`],
    [
      "what lies deep",
      `{"object":1,"entry":[{"id":1,"changes":[{"field":"a","value":${"[".repeat(9_000)}${"]".repeat(9_000)}}]}]}`,
    ],
    ["bytes that are no UTF-8", new Uint8Array([0x7b, 0xff])],
  ])("answers %s with a 4xx", async (_, body) => {
    const { kept, send } = make();
    const { status } = await send(body as BodyInit);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(kept).toEqual([]);
  });

  it("keeps the leads of a body in which something else is none", async () => {
    const failures: string[] = [];
    const { kept, send } = make({ onFailure: (detail) => failures.push(detail) });
    expect((await send(notice("{}", entry(id)))).body).toEqual({ kept: 1, duplicate: 0, rejected: 1 });
    expect(kept.flat()).toHaveLength(1);
    expect(failures).toEqual(["1 of 2 entries are no leads"]);
  });

  it("loses no lead for a long answer: it is cut off", async () => {
    const { kept, send } = make();
    const long = "x".repeat(20_001);
    expect((await send(notice(entry(id, `,{"field":"${long}","value":"${long}"}`)))).body.kept).toBe(1);
    expect(Object.entries(kept[0]?.[0]?.answers ?? {}).at(-1)).toEqual(["x".repeat(1_000), "x".repeat(20_000)]);
  });

  it("keeps names that mean something to JavaScript as any other", async () => {
    const { kept, send } = make();
    await send(notice(entry(id, ',{"field":"__proto__","value":"x"},{"field":"constructor","value":"y"}')));
    expect(Object.entries(kept[0]?.[0]?.answers ?? {})).toContainEqual(["__proto__", "x"]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("reads no more than it was told, and only POST", async () => {
    const { send, webhook } = make({ maxBytes: 1_000 });
    expect((await send("x".repeat(1_001))).status).toBe(413);
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(500)) });
    expect((await send(endless, {}, { duplex: "half" } as RequestInit)).status).toBe(413);
    expect((await webhook.handle(new Request(url))).status).toBe(405);
  });
});

describe("leadHandler", () => {
  async function listen(handler: Parameters<typeof createServer>[1]) {
    const server = createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}${secretPath}`;
  }

  it("serves node:http and Express", async () => {
    for (const mount of [
      (handler: ReturnType<typeof leadHandler>) => handler,
      (handler: ReturnType<typeof leadHandler>) => express().post(secretPath, handler),
      (handler: ReturnType<typeof leadHandler>) =>
        express()
          .use(express.raw({ type: "*/*" }))
          .post(secretPath, handler),
    ]) {
      const { kept, webhook } = make({ requireSignature: true });
      const address = await listen(mount(leadHandler(webhook)) as never);
      const body = notice(entry(id));
      const headers = { ...open(body), "content-type": "application/json" };
      expect((await fetch(address, { method: "POST", body, headers })).status).toBe(200);
      expect(kept.flat().map((lead) => lead.id)).toEqual([id]);
    }
  });

  it("refuses to work behind a parser, which would have changed the ids", async () => {
    const { kept, webhook } = make();
    const errors: unknown[] = [];
    const app = express().use(express.json()).post(secretPath, leadHandler(webhook));
    app.use(((error, _request, response, _next) => {
      errors.push(error);
      response.status(500).end();
    }) as express.ErrorRequestHandler);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(await listen(app), { method: "POST", body: notice(entry(id)), headers });
    expect(answer.status).toBe(500);
    expect(String(errors[0])).toContain("mount it before the parser");
    expect(kept).toEqual([]);
  });
});
