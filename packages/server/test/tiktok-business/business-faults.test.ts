import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Fault, type Sandbox, type TikTokBusinessPath } from "@beaconry/server/sandbox";
import {
  type SyncAudienceOptions,
  syncAudience,
  type TikTokBusiness,
  TikTokBusinessError,
} from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountId, client, hashOf, makeFolder, people } from "./audience-people.js";

let time = 0;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ now: () => time, audienceDelay: 1_000, seed: 7 });
});
beforeEach(() => {
  time = Date.UTC(2026, 0, 31, 12);
  sandbox.reset();
});
afterAll(() => sandbox.close());

/** Waits move the sandbox's clock and take no time. */
const sleep = async (milliseconds: number) => {
  time += milliseconds;
};
const business = () => client(sandbox, { sleep, app: { id: "700", secret: "app-secret-7" } });
const info: TikTokBusinessPath = "/advertiser/info/";
const read = () => business().accounts.info([accountId]);
const shop = [expect.objectContaining({ id: accountId, name: "Sandbox Shop" })];

/** Requests to a call, by what became of them. */
const requestsTo = (path: TikTokBusinessPath) =>
  sandbox.requests().filter((request) => request.path.startsWith(`/open_api/v1.3${path}`));

const passing: readonly Fault[] = [
  { kind: "rateLimit" },
  { kind: "rateLimit", code: 40016 },
  { kind: "rateLimit", code: 40133 },
  { kind: "rateLimit", code: 429 },
  { kind: "serverError" },
  { kind: "serverError", status: 503 },
  { kind: "html", status: 502 },
  { kind: "cut" },
  { kind: "cut", when: "after" },
  { kind: "answer", body: { code: 50000, message: "System error" } },
  { kind: "answer", body: { code: 40202, message: "Write conflict" } },
];

describe("a question", () => {
  it.each(passing)("is asked again after %j", async (fault) => {
    sandbox.faults.add({ ...fault, path: info, count: 2 });
    expect(await read()).toEqual(shop);
    expect(requestsTo(info).map(({ faults }) => faults)).toEqual([[fault.kind], [fault.kind], undefined]);
  });

  it.each<Fault>([
    { kind: "latency", delay: 5 },
    { kind: "slowBody", duration: 20 },
  ])("waits for %j", async (fault) => {
    sandbox.faults.add({ ...fault, path: info });
    expect(await read()).toEqual(shop);
    expect(requestsTo(info)).toHaveLength(1);
  });

  it.each<[Fault, number | undefined]>([
    [{ kind: "expiredToken" }, 40102],
    [{ kind: "html" }, undefined],
    [{ kind: "answer", body: { code: 40002, message: "advertiser_ids: wrong" } }, 40002],
  ])("is given up after %j, with what TikTok says", async (fault, code) => {
    sandbox.faults.add({ ...fault, path: info });
    const failure = await read().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TikTokBusinessError);
    expect(failure).toMatchObject({ endpoint: info, mayBeDone: false });
    expect((failure as TikTokBusinessError).code).toBe(code);
    expect(requestsTo(info)).toHaveLength(1);
  });
});

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const text = Array.from({ length: 1_000 }, (_, index) => `${hashOf(index)}\n`).join("");
async function uploaded(): Promise<string> {
  const path = join(makeFolder(), "part.csv");
  writeFileSync(path, text);
  return business().audiences.upload(accountId, { path, md5: md5(text), schema: "email" });
}

/** A call that makes something, and how many of them there are. */
interface Maker {
  readonly path: TikTokBusinessPath;
  readonly make: (of: TikTokBusiness, file: string) => Promise<unknown>;
  readonly made: () => number;
}

const company = { name: "New GmbH", industry: "290101", registeredArea: "DE" };
const center = "7100000000000000001";
const makers: Readonly<Record<string, Maker>> = {
  "an audience": {
    path: "/dmp/custom_audience/create/",
    make: ({ audiences }, file) => audiences.create(accountId, { name: "Buyers", schema: "email", files: [file] }),
    made: () => sandbox.audiences().length,
  },
  "a segment": {
    path: "/segment/audience/",
    make: ({ audiences }) => audiences.segments.create(accountId, "Visitors"),
    made: () => sandbox.audiences().length,
  },
  "an account": {
    path: "/bc/advertiser/create/",
    make: ({ accounts }) =>
      accounts.create({ businessCenterId: center, name: "New", currency: "EUR", timezone: "Europe/Berlin", company }),
    made: () => sandbox.accounts().length - 3,
  },
  "a subscription": {
    path: "/subscription/subscribe/",
    make: ({ subscriptions }) => subscriptions.subscribe({ callbackUrl: "http://127.0.0.1:9/leads", accountId }),
    made: () => sandbox.subscriptions().length,
  },
  "a test lead": {
    path: "/page/lead/mock/create/",
    make: ({ leads }) => leads.createTestLead({ accountId, formId: "7400000000000000001" }),
    made: () => sandbox.leads().length,
  },
};

const system: Fault = { kind: "answer", body: { code: 50000, message: "System error" } };
const unsure: readonly Fault[] = [
  { kind: "cut" },
  { kind: "serverError" },
  { kind: "html" },
  { kind: "html", status: 502 },
  system,
  { kind: "answer", body: { code: 50002, message: "Processing error" } },
  { kind: "answer", body: { code: 40050, message: "Duplicated request" } },
];

describe.each(Object.keys(makers))("%s", (name) => {
  const { path, make, made } = makers[name] as Maker;

  it.each<Fault>([
    { kind: "rateLimit" },
    { kind: "rateLimit", code: 429 },
    { kind: "answer", body: { code: 40202, message: "Write conflict" } },
  ])("is made, once, after %j", async (fault) => {
    const file = await uploaded();
    sandbox.faults.add({ ...fault, path, count: 2 });
    await make(business(), file);
    expect([made(), requestsTo(path).length]).toEqual([1, 3]);
  });

  it.each(unsure.flatMap((fault): Fault[] => [fault, { ...fault, when: "after" } as Fault]))(
    "is not asked for again after %j, since it may be made",
    async (fault) => {
      const file = await uploaded();
      sandbox.faults.add({ ...fault, path, count: 1 });
      await expect(make(business(), file)).rejects.toMatchObject({
        endpoint: path,
        mayBeDone: true,
        message: expect.stringMatching(/\(TikTok may have carried it out\)$/),
      });
      const isMade = "when" in fault && fault.when === "after";
      expect([made(), requestsTo(path).length]).toEqual([isMade ? 1 : 0, 1]);
    },
  );

  it("is refused with an expired token, and known not to be made", async () => {
    const file = await uploaded();
    sandbox.faults.add({ kind: "expiredToken", path });
    await expect(make(business(), file)).rejects.toMatchObject({ code: 40102, mayBeDone: false });
    expect([made(), requestsTo(path).length]).toEqual([0, 1]);
  });
});

describe("what can be done twice", () => {
  const path: TikTokBusinessPath = "/dmp/custom_audience/delete/";
  const make = async () => {
    const file = await uploaded();
    return business().audiences.create(accountId, { name: "Buyers", schema: "email", files: [file] });
  };

  it("is done again when nobody knows, and what then is refused is not taken for undone", async () => {
    const id = await make();
    sandbox.faults.add({ kind: "cut", path, count: 1 });
    await business().audiences.delete(accountId, [id]);
    expect(sandbox.audiences()).toEqual([]);
    const other = await make();
    sandbox.faults.add({ kind: "cut", when: "after", path, count: 1 });
    await expect(business().audiences.delete(accountId, [other])).rejects.toMatchObject({
      code: 40002,
      mayBeDone: true,
    });
    expect(sandbox.audiences()).toEqual([]);
  });

  it("brings people to a segment, each once", async () => {
    const { segments } = business().audiences;
    const segment = await segments.create(accountId, "Visitors");
    for (const fault of [{ kind: "cut", when: "after" }, { kind: "serverError" }, system] as const) {
      sandbox.faults.add({ ...fault, path: "/segment/mapping/", count: 1 });
    }
    await segments.add({ accountIds: [accountId], segmentIds: [segment], people: people(0, 10) });
    expect(sandbox.audiences()).toMatchObject([{ size: 10 }]);
    expect(requestsTo("/segment/mapping/")).toHaveLength(4);
  });

  it("uploads a file again, whole, after a fault that came while it was sent", async () => {
    const file: TikTokBusinessPath = "/dmp/custom_audience/file/upload/";
    for (const fault of [{ kind: "serverError" }, { kind: "cut" }, { kind: "cut", when: "after" }] as const) {
      sandbox.faults.add({ ...fault, path: file, count: 1 });
    }
    expect(await uploaded()).toMatch(/./);
    const sizes = requestsTo(file).map(({ bytes }) => bytes);
    expect(sizes).toHaveLength(4);
    expect(Math.min(...sizes)).toBeGreaterThan(65_000);
  });
});

describe("syncAudience", () => {
  const options = (more: Partial<SyncAudienceOptions> = {}): SyncAudienceOptions => ({
    audiences: business().audiences,
    accountId,
    audience: { name: "Buyers" },
    people: people(0, 4_000),
    action: "replace",
    schema: "email",
    state: join(makeFolder(), "state"),
    largestFile: 100_000,
    now: () => time,
    sleep,
    ...more,
  });
  const hashes = (from: number) => Array.from({ length: 4_000 - from }, (_, index) => hashOf(from + index)).sort();
  const members = (of = sandbox) => of.audiences().map((audience) => [...audience.members()].sort());
  const takeOut = { action: "remove", people: people(0, 1_000) } as const;

  it.each(unsure.flatMap((fault): Fault[] => [fault, { ...fault, when: "after" } as Fault]))(
    "makes one audience, and changes it as it should, after %j",
    async (fault) => {
      sandbox.faults.add({ ...fault, path: "/dmp/custom_audience/create/", count: 1 });
      sandbox.faults.add({ ...fault, path: "/dmp/custom_audience/update/", count: 1 });
      const run = await syncAudience(options());
      expect(run).toMatchObject({ status: "done", counts: { valid: 4_000 }, files: { length: 3 } });
      expect(members()).toEqual([hashes(0)]);
      await syncAudience(options(takeOut));
      expect(members()).toEqual([hashes(1_000)]);
      expect(sandbox.faults.list()).toEqual([]);
      expect(requestsTo("/dmp/custom_audience/file/upload/")).toHaveLength(4);
    },
  );

  it.each([1, 2, 3, 4])("ends right with faults of every kind at every call: chance %i", async (seed) => {
    await using unlucky = await createSandbox({ now: () => time, audienceDelay: 1_000, seed });
    for (const fault of [...passing, ...unsure.map((one) => ({ ...one, when: "after" }) as Fault)]) {
      unlucky.faults.add({ ...fault, endpoint: "tiktok.business", probability: 0.04 });
    }
    const { audiences } = client(unlucky, { sleep });
    /** Again and again, as a schedule would. */
    async function untilDone(asked: SyncAudienceOptions): Promise<void> {
      for (let runs = 0; ; runs++) {
        const failure = await syncAudience(asked).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (failure === undefined) return;
        expect(failure).toBeInstanceOf(TikTokBusinessError);
        expect(runs).toBeLessThan(50);
      }
    }
    await untilDone(options({ audiences }));
    expect(members(unlucky)).toEqual([hashes(0)]);
    await untilDone(options({ audiences, ...takeOut }));
    expect(members(unlucky)).toEqual([hashes(1_000)]);
    expect(unlucky.requests().some(({ faults }) => faults)).toBe(true);
  });
});
