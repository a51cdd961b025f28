// @vitest-environment node
import { expect, test } from "vitest";

test("on a server: importing does nothing, the pixel does nothing, options are checked all the same", async () => {
  expect(typeof window).toBe("undefined");
  const before = Object.keys(globalThis);
  const { createPixel } = await import("../src/index.js");
  const pixel = createPixel({ endpoint: "https://shop.example/collect" });
  expect(pixel.track("ViewContent")).toMatch(/^[0-9a-f-]{36}$/);
  expect(pixel.track("ViewContent", {}, { id: "mine" })).toBe("mine");
  expect(pixel.page()).toMatch(/^[0-9a-f-]{36}$/);
  pixel.consent({ advertising: true });
  pixel.identify({ email: "ada@example.com" });
  pixel.reset();
  pixel.on("sent", () => {})();
  expect(await pixel.flush()).toEqual({ sent: 0, pending: 0, dropped: 0, reasons: {} });
  expect(Object.keys(globalThis)).toEqual(before);
  expect(() => createPixel({} as never)).toThrow("endpoint is missing");
});
