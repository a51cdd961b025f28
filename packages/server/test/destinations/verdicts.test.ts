import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { metaVerdict } from "../../src/destinations/meta-codes.js";
import { tiktokVerdict } from "../../src/destinations/tiktok-codes.js";

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  body: typeof body === "string" ? body : JSON.stringify(body),
});

describe("TikTok: the code in the body decides, not the status", () => {
  const now = Date.UTC(2026, 10, 22, 22, 30);
  const verdict = (code: number, message = "", events = 2) =>
    tiktokVerdict(answer(200, { code, message, request_id: "1", data: {} }), events, now);

  it.each([0, 40050])("%i is delivered", (code) => expect(verdict(code)).toEqual({ kind: "delivered" }));
  it.each([40202, 40902, 40903, 40913, 50000, 50002, 51305, 50999])("%i is tried again", (code) =>
    expect(verdict(code).kind).toBe("retry"),
  );
  it.each([40000, 40002, 40008, 40200, 40502, 40700, 40911, 41002, 49999])("%i is refused", (code) =>
    expect(verdict(code).kind).toBe("refused"),
  );
  it.each([
    40001, 40101, 40102, 40103, 40104, 40105, 40106, 40107, 40108, 40109, 40110, 40112, 40113, 40115, 40116, 40117,
    40118, 40119, 40124, 40125, 40111, 40199,
  ])("%i pauses: the token is the matter", (code) => {
    expect(verdict(code)).toMatchObject({ kind: "pause", for: 300_000 });
  });
  it.each([40006, 40007, 40051, 40300, 40301, 41000, 41001])("%i pauses: every event would fail alike", (code) => {
    expect(verdict(code)).toMatchObject({ kind: "pause", for: 300_000 });
  });
  it.each([
    [40100, "App reaches the QPS limit 10, current QPS is 11", 1_000],
    [40100, "App reaches the QPM limit 600, current QPM is 601", 300_000],
    // At 22:30 UTC, until 00:00 UTC.
    [40100, "App reaches the QPD limit 864000, current QPD is 864001", 5_400_000],
    [40133, "reaches the QPM limit", 300_000],
    [40016, "", 1_000],
    [40132, "", 300_000],
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
    expect(tiktokVerdict(answer(200, "<html>"), 1, now).kind).toBe("retry");
    expect(tiktokVerdict(answer(502, "<html>"), 1, now).kind).toBe("retry");
    expect(tiktokVerdict(answer(404, "not found"), 1, now).kind).toBe("pause");
    expect(tiktokVerdict(answer(429, ""), 1, now).kind).toBe("pause");
    expect(tiktokVerdict(answer(200, "null"), 1, now).kind).toBe("retry");
    expect(tiktokVerdict(answer(200, { code: "0", message: "OK" }), 1, now).kind).toBe("retry");
  });
  it("reads an answer behind a byte order mark", () => {
    expect(tiktokVerdict(answer(200, '\ufeff{"code":0}'), 1, now).kind).toBe("delivered");
  });
  it.each([{ toString: 1 }, [], 7, null, true])("is not confused by a message that is %j", (message) => {
    const found = tiktokVerdict(answer(200, { code: 40002, message }), 1, now);
    expect(found).toEqual({ kind: "refused", detail: "code 40002: " });
  });
  it("halves what is too large for the server", () => {
    expect(tiktokVerdict(answer(413, ""), 2, now).kind).toBe("refused");
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
    expect(metaVerdict(answer(200, { is_fb: false }))).toEqual({ kind: "delivered" });
    expect(metaVerdict(answer(200, { success: false })).kind).toBe("retry");
    expect(metaVerdict(answer(200, { success: 0, drop_reason: "too late" })).kind).toBe("refused");
    expect(metaVerdict(answer(200, { success: false, drop_reason: "too late" }))).toEqual({
      kind: "refused",
      detail: "dropped: too late",
    });
  });
  it.each([1, 2, 5000, 21009])("%i is tried again", (code) => expect(verdict(code, {}, 500).kind).toBe("retry"));
  it.each([4, 9, 17, 32, 341, 368, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014])(
    "%i is a limit, also with HTTP 400",
    (code) => {
      expect(verdict(code)).toMatchObject({ kind: "pause", for: 60_000 });
    },
  );
  it("waits as long as the usage header says, in minutes", () => {
    const usage = JSON.stringify({ "1": [{ type: "ads_management", estimated_time_to_regain_access: 7 }] });
    const headers = { "X-Business-Use-Case-Usage": usage };
    expect(verdict(80004, {}, 400, headers)).toMatchObject({ kind: "pause", for: 420_000 });
  });
  it.each([190, 102, 10, 200, 299, 3, 294, 412, 2635])("%i pauses: token, permission or version", (code) => {
    expect(verdict(code, {}, 401)).toMatchObject({ kind: "pause", for: 300_000 });
  });
  it("tells a missing dataset from a bad event", () => {
    expect(verdict(100, { error_subcode: 33 }).kind).toBe("pause");
    for (const code of [105, 2650, 2655, 1487301, 1487366]) expect(verdict(code).kind).toBe("refused");
    for (const subcode of [2804003, 2804009, 2804016, 2804019, 2804050]) {
      expect(verdict(100, { error_subcode: subcode }).kind).toBe("refused");
    }
  });
  it.each(["[]", "null", "true", "1", '"ok"', "", "{", "<!doctype html>", "{}", '{"error":"no"}', '{"status":"ok"}'])(
    "takes %s for no answer of Meta's",
    (body) => {
      expect(metaVerdict(answer(200, body)).kind).toBe("retry");
    },
  );
  it("tries again what Meta calls transient, HTML, and codes that nobody knows", () => {
    expect(verdict(100, { is_transient: true }).kind).toBe("retry");
    expect(verdict(987654).kind).toBe("retry");
    expect(metaVerdict(answer(200, "<html>")).kind).toBe("retry");
    expect(metaVerdict(answer(503, "")).kind).toBe("retry");
    expect(metaVerdict(answer(429, "")).kind).toBe("pause");
  });
  it("waits at least a minute, and at most a day, whatever the header says", () => {
    const header = (minutes: unknown) => ({
      "X-Business-Use-Case-Usage": JSON.stringify({ "1": [{ estimated_time_to_regain_access: minutes }] }),
    });
    for (const [minutes, expected] of [
      [0, 60_000],
      [0.1, 60_000],
      [1e9, 86_400_000],
      ["7", 60_000],
      [null, 60_000],
    ] as const) {
      expect(verdict(4, {}, 400, header(minutes))).toMatchObject({ kind: "pause", for: expected });
    }
    expect(verdict(4, {}, 400, { "X-Business-Use-Case-Usage": "no JSON" })).toMatchObject({ for: 60_000 });
  });
  it.each([
    [{ "X-App-Usage": '{"call_count":74,"total_time":25,"total_cputime":25}' }, undefined],
    [{ "X-App-Usage": '{"call_count":28,"total_time":75,"total_cputime":25}' }, 500],
    [{ "X-App-Usage": '{"call_count":28,"total_time":25,"total_cputime":85}' }, 2_000],
    [{ "X-Ad-Account-Usage": '{"acc_id_util_pct":95.5}' }, 10_000],
    [{ "X-FB-Ads-Insights-Throttle": '{"app_id_util_pct":100,"acc_id_util_pct":1}' }, 60_000],
    [{ "X-Page-Usage": '{"call_count":300}' }, 60_000],
    [
      {
        "X-Business-Use-Case-Usage":
          '{"1":[{"type":"ads_management","call_count":1,"total_cputime":2,"total_time":3},{"type":"x","call_count":88}]}',
      },
      2_000,
    ],
    [{ "X-App-Usage": "junk", "X-Page-Usage": '["a",null,{"call_count":"99"}]' }, undefined],
  ])("slows down before the limit: %j by %s ms", (headers, expected) => {
    const verdict = metaVerdict(answer(200, { events_received: 1 }, headers as Record<string, string>));
    expect(verdict).toEqual({ kind: "delivered", ...(expected !== undefined && { slowDown: expected }) });
  });
  it("halves what is too large for the server", () => {
    expect(metaVerdict(answer(413, "<html>")).kind).toBe("refused");
  });
  it("repeats nobody's data and no secret in the vendor's words", () => {
    const message =
      "bad: ada@example.com ada%40example.com +1 (650) 555-1234 168.212.226.204 2a01:e0a:1b2:c3d0::7 s.e.c";
    const found = JSON.stringify(metaVerdict(answer(400, { error: { code: 100, message } }), ["s.e.c"]));
    expect(found).not.toMatch(/ada|650|555|168|2a01|s\.e\.c/);
    const path = "Unexpected type for param $['data'][617]['custom_data']['contents']: data_processing_options_country";
    expect(metaVerdict(answer(400, { error: { code: 100, error_user_msg: path } }))).toMatchObject({
      detail: `code 100: ${path}`,
    });
  });
  it.each([
    [{ error_user_msg: { toString: 1 } }, 'code 100: {"toString":1}'],
    [{ message: ["a", 7] }, 'code 100: ["a",7]'],
    [{ message: null }, "code 100: "],
    [{}, "code 100: "],
  ])("shows words that are no text as they came: %j", (more, detail) => {
    expect(metaVerdict(answer(400, { error: { code: 100, ...more } }))).toEqual({ kind: "refused", detail });
  });
  it("masks whatever looks like a token or a hash in Meta's words", () => {
    const secret = "EAAGm0PX4ZCpsBAKZCZCxyz1234567890abcdef";
    expect(JSON.stringify(verdict(190, { message: `token ${secret} is bad` }))).not.toContain(secret);
  });
  it("leaves words alone for a sandbox's token: the documents' is `any`", () => {
    const said = answer(400, { error: { code: 100, message: "too many events of any company" } });
    expect(metaVerdict(said, ["any"])).toMatchObject({ detail: "code 100: too many events of any company" });
    expect(metaVerdict(said, ["company"])).toMatchObject({ detail: "code 100: too many events of any …" });
  });
});

describe("whatever is answered", () => {
  const numbers = fc.constantFrom(0, 1, 4, 100, 190, 200, 33, 20001, 40002, 40100, 50000, -1, 1e300);
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), numbers, fc.constant({ toString: 1, valueOf: null }));
  const error = fc.record(
    { code: value, error_subcode: value, is_transient: value, message: value, error_user_msg: value },
    { requiredKeys: [] },
  );
  const object = fc.record(
    {
      code: value,
      message: value,
      error: fc.oneof(error, value),
      events_received: value,
      success: value,
      drop_reason: value,
      is_fb: value,
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    fc.string(),
    object.map((one) => JSON.stringify(one)),
    object.map((one) => JSON.stringify(one).slice(0, -2)),
  );
  const usage = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'{}[]":,1e9-') }),
    fc.record({ "1": fc.array(fc.record({ call_count: value, estimated_time_to_regain_access: value })) }),
  );
  const headers = usage.map((one) => ({
    "X-Business-Use-Case-Usage": typeof one === "string" ? one : JSON.stringify(one),
  }));
  const kinds = ["delivered", "retry", "pause", "refused"];

  it("becomes a verdict with a wait that ends, and is taken for success only where the vendor says so", () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), body, headers, fc.nat(1_000), (status, text, more, events) => {
        const given = { ...answer(status, ""), body: text, headers: new Headers(more) };
        for (const verdict of [metaVerdict(given, ["secret"]), tiktokVerdict(given, events, Date.now(), ["secret"])]) {
          expect(kinds).toContain(verdict.kind);
          const wait = verdict.kind === "pause" ? verdict.for : verdict.kind === "delivered" ? verdict.slowDown : 0;
          expect(wait ?? 0).toBeGreaterThanOrEqual(0);
          expect(wait ?? 0).toBeLessThanOrEqual(86_400_000);
          if (verdict.kind === "delivered") expect(text).toMatch(/"events_received":|"success":|"is_fb":|"code":/);
          else expect(verdict.detail.length).toBeLessThan(600);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
