import { describe, expect, it } from "vitest";
import { metaVerdict } from "../../src/destinations/meta-codes.js";
import { tiktokVerdict } from "../../src/destinations/tiktok-codes.js";

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("TikTok: the code in the body decides, not the status", () => {
  const verdict = (code: number, message = "", events = 2) =>
    tiktokVerdict(answer(200, { code, message, request_id: "1", data: {} }), events);

  it.each([0, 40050])("%i is delivered", (code) => expect(verdict(code)).toEqual({ kind: "delivered" }));
  it.each([40202, 50000, 50002, 51305])("%i is tried again", (code) => expect(verdict(code).kind).toBe("retry"));
  it.each([40000, 40002, 40300, 41001, 40700])("%i is refused", (code) => expect(verdict(code).kind).toBe("refused"));
  it.each([40001, 40101, 40102, 40104, 40105, 40125])("%i pauses: the token is the matter", (code) => {
    expect(verdict(code)).toMatchObject({ kind: "pause", for: 300_000 });
  });
  it.each([
    [40100, "App reaches the QPS limit 10, current QPS is 11", 1_000],
    [40100, "App reaches the QPM limit", 300_000],
    [40016, "", 1_000],
    [40132, "", 1_000],
    [40133, "", 1_000],
    [60001, "", 300_000],
  ])("%i %s pauses for %i ms", (code, message, milliseconds) => {
    expect(verdict(code, message)).toMatchObject({ kind: "pause", for: milliseconds });
  });
  it("takes a partial success apart, and a single event of one as taken", () => {
    expect(verdict(20001, "", 2).kind).toBe("refused");
    expect(verdict(20001, "", 1).kind).toBe("delivered");
  });
  it("tries again after an HTML body or a server's fault, and waits where the path is wrong", () => {
    expect(tiktokVerdict(answer(200, "<html>"), 1).kind).toBe("retry");
    expect(tiktokVerdict(answer(502, "<html>"), 1).kind).toBe("retry");
    expect(tiktokVerdict(answer(404, "not found"), 1).kind).toBe("pause");
    expect(tiktokVerdict(answer(429, ""), 1).kind).toBe("pause");
  });
});

describe("Meta: error.code decides before the status", () => {
  const verdict = (code: number, more: object = {}, status = 400, headers: Record<string, string> = {}) =>
    metaVerdict(answer(status, { error: { message: "m", type: "t", code, fbtrace_id: "f", ...more } }, headers));

  it("takes events_received and success", () => {
    expect(metaVerdict(answer(200, { events_received: 1, messages: [], fbtrace_id: "f" }))).toEqual({
      kind: "delivered",
    });
    expect(metaVerdict(answer(200, { success: true }))).toEqual({ kind: "delivered" });
    expect(metaVerdict(answer(200, { success: false, drop_reason: "x" })).kind).toBe("retry");
  });
  it.each([1, 2])("%i is tried again", (code) => expect(verdict(code, {}, 500).kind).toBe("retry"));
  it.each([4, 9, 17, 32, 341, 368, 613, 80000, 80004, 80014])("%i is a limit, also with HTTP 400", (code) => {
    expect(verdict(code)).toMatchObject({ kind: "pause", for: 60_000 });
  });
  it("waits as long as the usage header says, in minutes", () => {
    const usage = JSON.stringify({ "1": [{ type: "ads_management", estimated_time_to_regain_access: 7 }] });
    const headers = { "X-Business-Use-Case-Usage": usage };
    expect(verdict(80004, {}, 400, headers)).toMatchObject({ kind: "pause", for: 420_000 });
  });
  it.each([190, 102, 10, 200, 299, 3, 2635])("%i pauses: token, permission or version", (code) => {
    expect(verdict(code, {}, 401)).toMatchObject({ kind: "pause", for: 300_000 });
  });
  it("tells a missing dataset from a bad event", () => {
    expect(verdict(100, { error_subcode: 33 }).kind).toBe("pause");
    for (const subcode of [2804003, 2804009, 2804016, 2804019, 2804050]) {
      expect(verdict(100, { error_subcode: subcode }).kind).toBe("refused");
    }
  });
  it("tries again what Meta calls transient, HTML, and codes that nobody knows", () => {
    expect(verdict(100, { is_transient: true }).kind).toBe("retry");
    expect(verdict(987654).kind).toBe("retry");
    expect(metaVerdict(answer(200, "<html>")).kind).toBe("retry");
    expect(metaVerdict(answer(503, "")).kind).toBe("retry");
    expect(metaVerdict(answer(429, "")).kind).toBe("pause");
  });
  it("masks whatever looks like a token or a hash in Meta's words", () => {
    const secret = "EAAGm0PX4ZCpsBAKZCZCxyz1234567890abcdef";
    expect(JSON.stringify(verdict(190, { message: `token ${secret} is bad` }))).not.toContain(secret);
  });
});
