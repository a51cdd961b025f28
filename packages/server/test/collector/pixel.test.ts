import { describe, expect, it } from "vitest";
import { openPage, start } from "../../../pixel/test/page.js";
import { collectOne } from "./collected.js";

const person = {
  email: "ada@example.com",
  phone: "+16505551212",
  firstName: "Ada",
  city: "London",
  country: "gb",
  externalId: "7",
};

/** What a pixel on a page of shop.example posts. */
async function bodyOf(options: object): Promise<string> {
  const page = openPage("https://shop.example/?ttclid=E.C.P.AbC&fbclid=IwAR2F4");
  const pixel = page.pixel(options);
  pixel.consent({ advertising: true, advertiserTracking: true, applicationTracking: true, limitedDataUse: false });
  pixel.identify(person);
  pixel.track("PageView", {});
  pixel.track("Purchase", { currency: "EUR", value: 21.97, contents: [{ id: 1234, quantity: 2, price: 9.99 }] });
  await page.pass(60_000);
  expect(page.requests).toHaveLength(1);
  return page.requests[0]?.body ?? "";
}

const post = async (options: object) =>
  collectOne(
    {
      url: "https://shop.example/collect",
      body: await bodyOf(options),
      headers: { Origin: "https://shop.example" },
      now: start + 60_000,
    },
    { cookies: {} },
  );

describe("what the pixel posts", () => {
  it("is all taken and makes no claim", async () => {
    const { reply, claims } = await post({});
    expect(reply.accepted.length).toBeGreaterThanOrEqual(2);
    expect([reply.rejected, reply.issues, claims]).toEqual([[], [], {}]);
  });

  it("is so from an app's web view too, where it has a device", async () => {
    const device = { platform: "android", osVersion: "15", advertisingId: "38400000-8cf0-11bd-b23e-10b96e40000d" };
    const { reply, claims, events, response } = await post({ app: { id: "com.example.shop" }, device });
    expect(events[0]?.context).toMatchObject({ source: "app", app: { id: "com.example.shop" }, device });
    expect([reply.rejected, reply.issues, claims]).toEqual([[], [], {}]);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("has the values of the cookies that are set for the web", async () => {
    const { response } = await post({});
    expect(response.headers.getSetCookie().map((line) => line.replace(/;.*/, ""))).toEqual([
      expect.stringMatching(/^_fbp=fb\.1\.\d{13}\.\d+$/),
      `_fbc=fb.1.${start}.IwAR2F4`,
      "ttclid=E.C.P.AbC",
    ]);
  });
});
