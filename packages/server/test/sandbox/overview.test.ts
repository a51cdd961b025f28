import { expect, it } from "vitest";
import { createSandbox } from "../../src/sandbox/index.js";

it("tells whoever opens its address what it is and what it has taken", async () => {
  await using sandbox = await createSandbox();
  const read = async () => (await fetch(sandbox.url)).text();
  expect(await read()).toContain("No event yet.");
  await fetch(`${sandbox.url}/tr?id=1&ev=PageView&eid=event-7`);
  const text = await read();
  expect(text).toContain("Events: 1");
  expect(text).toMatch(/meta\.pixel +counted +PageView +event-7/);
});
