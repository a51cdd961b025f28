import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { type AudienceSchema, syncAudience } from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountId, client, hashOf, makeFolder, people, sha256 } from "./audience-people.js";

let time = 0;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox({ now: () => time, audienceDelay: 60_000, badTokens: ["bad"] });
});
beforeEach(() => {
  time = Date.UTC(2026, 0, 31, 12);
  sandbox.reset();
});
afterAll(() => sandbox.close());

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const api = () => client(sandbox).audiences;
const fileOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `${hashOf(from + at)}\n`).join("");

/** Uploads a text as a file; gives TikTok's path. */
async function upload(text: string, schema: AudienceSchema = "email", audiences = api(), signature = md5(text)) {
  const path = join(makeFolder(), "part.csv");
  writeFileSync(path, text);
  return audiences.upload(accountId, { path, md5: signature, schema });
}

async function make(name = "Buyers", from = 0, to = 1_000): Promise<string> {
  const files = [await upload(fileOf(from, to))];
  return api().create(accountId, { name, schema: "email", files });
}

async function list<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("audiences", () => {
  it("are processed for a while, and then can be used and changed", async () => {
    const id = await make();
    const expected = {
      id,
      name: "Buyers",
      type: "Customer File Audience",
      schema: "email",
      calculateType: "EMAIL_SHA256",
      size: 0,
      usable: false,
      expiring: false,
      shared: false,
      own: true,
      ownerId: accountId,
      createdAt: "2026-01-31 12:00:00",
      expiresAt: "2027-01-31 12:00:00",
    };
    expect(await list(api().list(accountId))).toEqual([expected]);
    const more = [await upload(fileOf(500, 1_500))];
    await expect(api().append(accountId, id, more)).rejects.toMatchObject({
      code: 40002,
      message: expect.stringContaining("not editable"),
    });
    time += 60_000;
    expect(await list(api().list(accountId))).toEqual([{ ...expected, size: 1_000, usable: true }]);
    await api().append(accountId, id, more);
    expect(sandbox.audiences()[0]?.size).toBe(1_500);
    time += 60_000;
    await api().remove(accountId, id, [await upload(fileOf(0, 400))]);
    time += 60_000;
    await api().replace(accountId, id, [await upload(fileOf(9_000, 10_000))]);
    await api().rename(accountId, id, "Customers");
    const [found] = await api().get(accountId, [id], { history: 3 });
    expect(found).toMatchObject({ name: "Customers", size: 1_100 });
    expect(found?.history.map(({ action, editor, at }) => [action, editor, at])).toEqual([
      ["RENAME", "open_api", "2026-01-31 12:03:00"],
      ["REPLACE", "open_api", "2026-01-31 12:03:00"],
      ["REMOVE", "open_api", "2026-01-31 12:02:00"],
    ]);
  });

  it("never come below 1,000 by a change, and are of no use when made with fewer", async () => {
    const id = await make();
    time += 60_000;
    const few = [await upload(fileOf(0, 1))];
    await expect(api().remove(accountId, id, few)).rejects.toMatchObject({ code: 40002 });
    await expect(api().replace(accountId, id, few)).rejects.toMatchObject({ code: 40002 });
    expect(sandbox.audiences()[0]?.size).toBe(1_000);
    await make("Small", 0, 999);
    time += 60_000;
    expect(await list(api().list(accountId))).toMatchObject([
      { name: "Small", usable: false, error: expect.stringContaining("1000") },
      { name: "Buyers", usable: true },
    ]);
  });

  it("are listed page by page, and deleted", async () => {
    const files = [await upload(fileOf(0, 1_000))];
    const ids: string[] = [];
    for (let count = 0; count < 120; count++) {
      ids.push(await api().create(accountId, { name: `Audience ${count}`, schema: "email", files }));
    }
    expect((await list(api().list(accountId))).map(({ id }) => id)).toEqual(ids.toReversed());
    expect((await api().get(accountId, ids)).map(({ id }) => id)).toEqual(ids);
    await api().delete(accountId, ids.slice(0, 100));
    expect(await list(api().list(accountId))).toHaveLength(20);
    await expect(api().delete(accountId, ids.slice(0, 1))).rejects.toMatchObject({ code: 40002 });
  });

  it("expire when they are kept for a number of days", async () => {
    const files = [await upload(fileOf(0, 1_000))];
    await api().create(accountId, { name: "Short", schema: "email", files, retentionDays: 10 });
    time += 9 * 86_400_000;
    expect(await list(api().list(accountId))).toMatchObject([
      { usable: true, expiring: true, expiresAt: "2026-02-10 12:00:00" },
    ]);
    time += 86_400_000;
    expect(sandbox.audiences()).toMatchObject([{ status: "expired" }]);
  });

  it("are shared with accounts of the same Business Center", async () => {
    const id = await make();
    const { accounts } = client(sandbox);
    const sister = await accounts.create({
      businessCenterId: "7100000000000000001",
      name: "Sister",
      currency: "EUR",
      timezone: "Europe/Berlin",
      company: { name: "Shop GmbH", industry: "290101", registeredArea: "DE" },
    });
    await api().share(accountId, [id], [sister]);
    expect(await list(api().list(sister))).toMatchObject([{ id, shared: true, own: false, ownerId: accountId }]);
    expect(sandbox.audiences()).toMatchObject([{ sharedWith: [sister] }]);
    await api().unshare(accountId, id, sister);
    expect(await list(api().list(sister))).toEqual([]);
    await expect(api().share(accountId, [id], ["7000000000000000002"])).rejects.toMatchObject({ code: 40001 });
  });

  it.each<[string, string, AudienceSchema, string | undefined, number]>([
    ["another MD5", fileOf(0, 1), "email", md5("other"), 40900],
    ["nothing in it", "", "email", undefined, 40906],
    ["no hash in it", "ada@shop.example\n", "email", undefined, 40914],
    ["a column too many", `${hashOf(0)},${hashOf(1)}\n`, "email", undefined, 40914],
    ["no titles", fileOf(0, 3), "multiple", undefined, 40914],
    [
      "four columns of a kind",
      `${"email_SHA256,".repeat(3)}EMAIL_sha256\n${hashOf(0)}\n`,
      "multiple",
      undefined,
      40914,
    ],
  ])("take no file with %s", async (_, text, schema, signature, code) => {
    await expect(upload(text, schema, api(), signature)).rejects.toMatchObject({ code });
  });

  it("take files of several types, and tell of rows that could not be read", async () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => `,${hashOf(at)},${hashOf(5_000 + at)}`);
    const text = ["MAID,EMAIL_SHA256,phone_sha256", ...rows, "a-device,,", "x,not a hash,"].join("\r\n");
    const id = await api().create(accountId, {
      name: "Several",
      schema: "multiple",
      files: [await upload(text, "multiple")],
    });
    const [audience] = sandbox.audiences();
    expect(audience?.size).toBe(2_001);
    // What is no SHA-256 is kept as one.
    expect(audience?.has(sha256("a-device"))).toBe(true);
    expect((await api().get(accountId, [id]))[0]?.history).toMatchObject([{ message: "1 rows could not be read" }]);
  });

  it("take files of the account and schema only", async () => {
    const file = await upload(fileOf(0, 1_000));
    const wrong = { name: "Buyers", schema: "phone" as const, files: [file] };
    await expect(api().create(accountId, wrong)).rejects.toMatchObject({ code: 40002 });
    await expect(api().create("7000000000000000002", { ...wrong, schema: "email" })).rejects.toMatchObject({
      code: 40905,
    });
    await expect(api().create(accountId, { ...wrong, schema: "email", name: "x".repeat(129) })).rejects.toMatchObject({
      code: 40002,
    });
    await expect(client(sandbox, { accessToken: "bad" }).audiences.delete(accountId, ["1"])).rejects.toMatchObject({
      code: 40105,
    });
  });

  it("are read by the sandbox as they come, whatever comes", async () => {
    const address = `${sandbox.url}/open_api/v1.3/dmp/custom_audience/file/upload/`;
    const send = async (body: BodyInit, type?: string) => {
      const headers = { "access-token": "token", ...(type && { "content-type": type }) };
      return (await (await fetch(address, { method: "POST", headers, body })).json()) as { code: number };
    };
    const multipart = "multipart/form-data; boundary=b";
    for (const body of ["", "x", "--b", "--b\r\n\r\n", `--b\r\n${"x: y\r\n".repeat(9_000)}`, "--b\r\nx"]) {
      expect(await send(body, multipart)).toMatchObject({ code: 40002 });
    }
    expect(await send("{}", "application/json")).toMatchObject({ code: 40002 });
    const form = new FormData();
    form.set("advertiser_id", accountId);
    form.set("calculate_type", "NAME_SHA256");
    form.set("file", new Blob([fileOf(0, 2)]), "part.csv");
    expect(await send(form)).toMatchObject({ code: 40909 });
    form.set("calculate_type", "EMAIL_SHA256");
    form.set("file_signature", md5(fileOf(0, 2)));
    expect(await send(form)).toMatchObject({ code: 0 });
    form.set("file", new Blob([fileOf(0, 2)]), "part.xlsx");
    expect(await send(form)).toMatchObject({ code: 40908 });
  });
});

describe("streaming segments", () => {
  it("take people row by row, by all that is known of them, and let them go", async () => {
    const { segments } = api();
    const id = await segments.create(accountId, "Visitors");
    const both = { email: "Ada.L+x@mail.example", phone: "+16505551212" };
    const to = { accountIds: [accountId], segmentIds: [id] };
    const counts = await segments.add({
      ...to,
      people: [both, both, { phone: "+49301234567" }, { email: "x" }, ...people(0, 2_500)],
    });
    expect(counts).toMatchObject({ total: 2_504, valid: 2_502, duplicate: 1, invalid: 1 });
    const segment = () => sandbox.audiences()[0];
    expect(segment()).toMatchObject({ kind: "segment", name: "Visitors", size: 2_503 });
    expect(segment()?.has(sha256("adal@mail.example"))).toBe(true);
    expect(segment()?.has(sha256("+49301234567"))).toBe(true);
    await segments.remove({ ...to, people: [both], fields: ["phone"] });
    expect(segment()?.size).toBe(2_502);
    await segments.delete(accountId, id);
    expect(sandbox.audiences()).toEqual([]);
  });

  it("refuse what is not theirs, and name a wrong option", async () => {
    const { segments } = api();
    const id = await segments.create(accountId, "Visitors");
    const of = (more: object) => ({ accountIds: [accountId], segmentIds: [id], people: people(0, 2), ...more });
    await expect(segments.add(of({ segmentIds: ["7"] }))).rejects.toMatchObject({ code: 40002 });
    await expect(segments.add(of({ accountIds: [accountId, "7000000000000000002"] }))).rejects.toMatchObject({
      code: 40001,
    });
    for (const [name, wrong] of Object.entries({
      fields: ["email", "email"],
      segmentIds: [],
      people: "x",
      batchSize: 10_001,
    })) {
      await expect(segments.add(of({ [name]: wrong }))).rejects.toMatchObject({
        code: "invalid_option",
        message: expect.stringContaining(name),
      });
    }
    await expect(segments.create(accountId, "x".repeat(71))).rejects.toMatchObject({ code: "invalid_option" });
  });
});

describe("an audience of a journal's people", () => {
  it("is who a rule is about, by hashes alone", async () => {
    const rule = { include: [{ event: "AddToCart", withinDays: 14 }] };
    const asked: unknown[] = [];
    const journal = {
      async *members(given: unknown, now?: number) {
        asked.push(given, now);
        for (let at = 0; at < 1_000; at++)
          yield { email: [hashOf(at)], externalId: [sha256("id")], fbp: [sha256("b")] };
        yield { externalId: [sha256("only")] };
      },
    };
    const run = await syncAudience({
      audiences: api(),
      accountId,
      audience: { name: "Carts" },
      action: "replace",
      journal,
      rule,
      state: join(makeFolder(), "state"),
      now: () => time,
    });
    expect(asked).toEqual([rule, time]);
    expect(run.counts).toMatchObject({ total: 1_001, valid: 1_000, reasons: { missing: 1 } });
    expect([...(sandbox.audiences()[0]?.members() ?? [])].sort()).toEqual(
      Array.from({ length: 1_000 }, (_, at) => hashOf(at)).sort(),
    );
  });
});
