import { describe, expect, it } from "vitest";
import { isBot } from "../../src/bots.js";
import { envelope, pixelEvent } from "./batch.js";
import { collectOne } from "./collected.js";

/** As the makers of each document it. */
const robots = [
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36",
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0.0.0 Safari/537.36",
  "curl/8.5.0",
];
const people = [
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 15; Pixel 8 Build/AP3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 Mobile Safari/537.36 trill_380403 BytedanceWebview/d8a21c6",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/489.0.0.0;FBDV/iPhone16,1]",
];

describe("isBot", () => {
  it.each(robots)("knows a robot: %s", (userAgent) => expect(isBot(userAgent)).toBe(true));
  it.each(people)("takes a person's browser, the vendors' own too, for none: %s", (userAgent) =>
    expect(isBot(userAgent)).toBe(false),
  );
  it("takes a missing user agent for none", () => expect([isBot(undefined), isBot("")]).toEqual([false, false]));
});

describe("collect with isBot", () => {
  const headers = { "User-Agent": robots[0] as string, Origin: "https://shop.example" };

  it("answers a robot 202 and says that nothing is taken, so that it does not come again", async () => {
    const { response, reply, events, bots } = await collectOne(
      { body: envelope(pixelEvent("1"), pixelEvent("2"), { id: "broken" }), headers },
      { isBot, cookies: {} },
    );
    expect(response.status).toBe(202);
    expect(reply.accepted).toEqual([]);
    expect(reply.rejected.map(({ id, issues }) => [id, issues[0]?.path])).toEqual([
      ["broken", "name"],
      ["1", "context.userAgent"],
      ["2", "context.userAgent"],
    ]);
    expect([events, bots]).toEqual([[], 2]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("takes people's events", async () => {
    const { events, bots } = await collectOne(
      { body: envelope(pixelEvent("1")), headers: { "User-Agent": people[0] as string } },
      { isBot },
    );
    expect([events.length, bots]).toEqual([1, 0]);
  });

  it("takes a robot's events where nobody asks", async () => {
    expect((await collectOne({ body: envelope(pixelEvent("1")), headers })).events).toHaveLength(1);
  });
});
