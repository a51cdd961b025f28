import { createHmac } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { memoryOutbox } from "@beaconry/server";
import { sqliteOutbox } from "@beaconry/server/sqlite";
import {
  isForwardedLead,
  type LeadForwarderOptions,
  leadForwarder,
  leadMapper,
  type MappedLead,
} from "@beaconry/server/tiktok-business";
import { describe, expect, it, onTestFinished } from "vitest";
import { registerOpenTelemetry } from "../../open-telemetry.js";
import { receiver, until } from "./web.js";

const secret = "forward-secret-1234";
const map = leadMapper();
const lead = (id: string): MappedLead =>
  map({ id, source: "INSTANT_FORM", answers: { email: "ada@example.com", "Which car?": "blue" } });

function make(url: string, more: Partial<LeadForwarderOptions> = {}) {
  const forwarder = leadForwarder({ url, secret, outbox: memoryOutbox(), backoff: { base: 1, cap: 5 }, ...more });
  onTestFinished(async () => void (await forwarder.close({ timeout: 0 })));
  return forwarder;
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "beaconry-leads-"));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

describe("leadForwarder", () => {
  it("flushes for as long as it is told, however long that is", async () => {
    const { url } = await receiver();
    const forwarder = make(url);
    await forwarder.forward([lead("71")]);
    expect(await forwarder.flush({ timeout: Number.POSITIVE_INFINITY })).toMatchObject({ delivered: 1, pending: 0 });
  });

  it("sends each lead as JSON, signed, with its id as the idempotency key", async () => {
    const { url, came } = await receiver();
    const now = () => Date.UTC(2026, 0, 5, 12);
    const forwarder = make(url, { now, headers: { Authorization: "Bearer of-my-crm" } });
    expect(await forwarder.forward([lead("71"), lead("72"), lead("71")])).toEqual(["added", "added", "duplicate"]);
    expect(await forwarder.flush()).toEqual({ delivered: 2, dead: 0, dropped: 0, pending: 0 });
    const request = came.find(({ headers }) => headers["idempotency-key"] === "71");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      id: "71",
      source: "INSTANT_FORM",
      user: { email: "ada@example.com" },
      contact: {},
      fields: { "Which car?": "blue" },
    });
    const t = Date.UTC(2026, 0, 5, 12) / 1_000;
    const v1 = createHmac("sha256", secret).update(`${t}.${request?.body}`).digest("hex");
    expect(request?.headers).toMatchObject({
      "content-type": "application/json",
      authorization: "Bearer of-my-crm",
      "beaconry-signature": `t=${t},v1=${v1}`,
    });
    expect(new Set(came.map(({ headers }) => headers["idempotency-key"]))).toEqual(new Set(["71", "72"]));
  });

  it("signs so that the receiver can tell", async () => {
    const { url, came } = await receiver();
    const forwarder = make(url);
    await forwarder.forward([lead("71")]);
    await forwarder.flush();
    const { headers, body = "" } = came[0] ?? {};
    const header = String(headers?.["beaconry-signature"]);
    expect(isForwardedLead(header, body, secret)).toBe(true);
    expect(isForwardedLead(header, `${body} `, secret)).toBe(false);
    expect(isForwardedLead(header, body, "another-secret-12")).toBe(false);
    expect(isForwardedLead(header, body, secret, { now: Date.now() + 302_000 })).toBe(false);
    for (const junk of [null, undefined, "", "t=1", "t=1,v1=zz"])
      expect(isForwardedLead(junk, body, secret)).toBe(false);
  });

  it.each([[500], [503], [408], [409], ["cut" as const]])("tries again after %s until it is taken", async (status) => {
    const { url, came } = await receiver([status, status, status, 200]);
    const forwarder = make(url);
    await forwarder.forward([lead("71")]);
    await until(async () => (await forwarder.flush()).delivered === 1);
    expect(came.map(({ headers }) => headers["idempotency-key"])).toEqual(["71", "71", "71", "71"]);
  });

  it.each([[401], [403], [404]])("waits at %s, which is no fault of the lead's", async (status) => {
    const { url, came } = await receiver([status]);
    const forwarder = make(url);
    const paused: string[] = [];
    forwarder.on("paused", ({ detail }) => paused.push(detail));
    await forwarder.forward([lead("71"), lead("72")]);
    expect(await forwarder.flush()).toMatchObject({ delivered: 0, dead: 0, pending: 2 });
    expect(paused[0]).toBe(`HTTP ${status}`);
    expect(came.length).toBeLessThanOrEqual(2);
    expect(await forwarder.status()).toMatchObject({
      name: "leads",
      waiting: 2,
      lastError: { detail: `HTTP ${status}` },
    });
  });

  it("gives up a lead that the receiver does not want, until it is put back", async () => {
    const { url, came } = await receiver([422, 200]);
    const forwarder = make(url);
    await forwarder.forward([lead("71")]);
    expect(await forwarder.flush()).toMatchObject({ delivered: 0, dead: 1, pending: 0 });
    expect(await forwarder.deadLetters()).toEqual([
      { key: expect.any(String), lead: lead("71"), reason: "refused", detail: "HTTP 422", diedAt: expect.any(Number) },
    ]);
    expect(await forwarder.replayDeadLetters()).toBe(1);
    expect(await forwarder.flush()).toMatchObject({ delivered: 1, pending: 0 });
    expect(came).toHaveLength(2);
    expect(await forwarder.purgeDeadLetters()).toBe(0);
  });

  it("gives up after so long, with the lead kept", async () => {
    const { url } = await receiver([503]);
    let time = Date.UTC(2026, 0, 5);
    const now = () => time;
    const forwarder = make(url, { now, elapsed: now, outbox: memoryOutbox({ now }), keepFor: 60_000 });
    await forwarder.forward([lead("71")]);
    await forwarder.flush({ timeout: 20 });
    time += 60_001;
    await until(async () => (await forwarder.flush()).dead === 1);
    expect((await forwarder.deadLetters()).map(({ reason }) => reason)).toEqual(["expired"]);
  });

  it("keeps leads in a file that only its owner reads, and deletes what was delivered", async () => {
    const path = join(folder(), "leads.db");
    const { url } = await receiver([503, 200]);
    const forwarder = make(url, { outbox: sqliteOutbox({ path }) });
    await forwarder.forward([lead("71")]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await until(async () => (await forwarder.flush()).delivered === 1);
    expect((await forwarder.status()).waiting).toBe(0);
  });

  it("encrypts what waits and what was given up, and needs the key for it", async () => {
    const place = folder();
    const path = join(place, "leads.db");
    const encryptionKey = "a1".repeat(32);
    const { url, came } = await receiver([422, 200]);
    const first = make(url, { outbox: sqliteOutbox({ path }), encryptionKey });
    await first.forward([lead("71")]);
    await first.flush();
    expect((await first.deadLetters())[0]?.lead).toEqual(lead("71"));
    const bytes = readdirSync(place).map((name) => readFileSync(join(place, name), "latin1"));
    expect(bytes.join("")).toContain("71");
    expect(bytes.join("")).not.toMatch(/ada@|blue|Which car/);
    await first.close();

    const other = make(url, { outbox: sqliteOutbox({ path }), encryptionKey: "b2".repeat(32) });
    await expect(other.deadLetters()).rejects.toThrow("the encryption key is another one");
    await other.replayDeadLetters();
    await until(async () => (await other.status()).lastError?.detail.includes("SealError ENCRYPTION_KEY") ?? false);
    await other.close({ timeout: 0 });

    const again = make(url, { outbox: sqliteOutbox({ path }), encryptionKey });
    await until(async () => (await again.flush()).delivered === 1);
    expect(JSON.parse(came.at(-1)?.body ?? "")).toEqual(lead("71"));
  });

  it("tells nothing of a person, and no secret, in news, status, spans and metrics", async () => {
    const telemetry = registerOpenTelemetry();
    onTestFinished(() => telemetry.unregister());
    const { url } = await receiver([500, 422, 403]);
    const forwarder = make(url, { headers: { Authorization: "Bearer crm-token-1" } });
    const told: unknown[] = [];
    for (const kind of ["delivered", "retrying", "dead", "paused"] as const)
      forwarder.on(kind, (news) => told.push(news));
    await forwarder.forward([lead("71"), lead("72")]);
    await until(() => told.length >= 2);
    await forwarder.flush({ timeout: 100 });
    const spans = telemetry
      .spans()
      .map(({ name, attributes, status, events }) => ({ name, attributes, status, events }));
    const all = inspect([told, await forwarder.status(), spans, await telemetry.metrics()], { depth: 20 });
    expect(spans.length).toBeGreaterThan(1);
    expect(all).toContain("beaconry.events.dead");
    expect(all).not.toMatch(/ada@|blue|Which car|crm-token-1|forward-secret/);
  });

  it("rejects when it is closed or full", async () => {
    const { url } = await receiver([503]);
    const forwarder = make(url, { outbox: memoryOutbox({ maxParcels: 1 }) });
    await expect(forwarder.forward([lead("71"), lead("72")])).rejects.toMatchObject({ code: "outbox_full" });
    await forwarder.close({ timeout: 0 });
    await expect(forwarder.forward([lead("73")])).rejects.toMatchObject({ code: "closed" });
  });

  it.each([
    [{ url: "http://crm.example/leads" }, "url"],
    [{ url: "https://user:pass@crm.example/" }, "url"],
    [{ url: "ftp://crm.example/" }, "url"],
    [{ secret: "short" }, "secret"],
    [{ encryptionKey: "abc" }, "encryptionKey"],
    [{ headers: { "X-A": "a\r\nb" } }, "headers"],
    [{ outbox: undefined }, "outbox"],
  ])("refuses %j", (more, name) => {
    const options = { url: "https://crm.example/leads", secret, outbox: memoryOutbox(), ...more } as never;
    expect(() => leadForwarder(options)).toThrow(`leadForwarder: ${name}`);
  });
});
