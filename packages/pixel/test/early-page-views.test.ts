import type { Envelope } from "@beaconry/core";
import { describe, expect, test } from "vitest";
import { openPage, type TestPage } from "./page.js";

const options = { consent: { advertising: true }, tags: { tiktok: { pixelCode: "CABCDEF0123456789XYZ" } } };

/** Each page view that the collector was told of: its id and the tags that are said to have sent it. */
async function told(page: TestPage): Promise<[string, readonly string[]][]> {
  const bodies = [
    ...page.requests.map(({ body }) => body),
    ...(await Promise.all(page.beacons.map((body) => body.text()))),
  ];
  return bodies.flatMap((body) =>
    (JSON.parse(body) as Envelope).events.map(({ id, tags }): [string, readonly string[]] => [id, tags]),
  );
}

const script = (page: TestPage) => page.scripts()[0];

describe("a page view that TikTok's tag took before its script was there", () => {
  test("is the server's when the page is left before it was sent", async () => {
    const page = openPage();
    const id = page.pixel(options).page();
    page.environment.window.dispatchEvent(new Event("pagehide"));
    expect(await told(page)).toEqual([[id, []]]);
  });

  test("is told again without the tag when the page is left after it was sent", async () => {
    const page = openPage();
    const pixel = page.pixel(options);
    const id = pixel.page();
    await page.pass(1_000);
    page.hide();
    expect(await told(page)).toEqual([
      [id, ["tiktok"]],
      [id, []],
    ]);
    expect(await pixel.flush()).toMatchObject({ sent: 1, pending: 0, dropped: 0 });
  });

  test("is told again without the tag when the script fails after it was sent", async () => {
    const page = openPage();
    const id = page.pixel(options).page();
    await page.pass(1_000);
    script(page)?.onerror?.(new Event("error") as never);
    await page.pass(1_000);
    expect(await told(page)).toEqual([
      [id, ["tiktok"]],
      [id, []],
    ]);
  });

  test("is the tag's when the script came in time, and other events are told once", async () => {
    const page = openPage();
    const pixel = page.pixel(options);
    const ids = [pixel.page(), pixel.track("ViewContent")];
    await page.pass(1_000);
    script(page)?.onload?.(new Event("load"));
    page.hide();
    expect(await told(page)).toEqual(ids.map((id) => [id, ["tiktok"]]));
  });

  test("is not told again after a refusal", async () => {
    const page = openPage();
    const pixel = page.pixel(options);
    pixel.page();
    await page.pass(1_000);
    pixel.consent({ advertising: false });
    page.hide();
    expect(page.beacons).toEqual([]);
    expect(page.requests).toHaveLength(1);
  });
});
