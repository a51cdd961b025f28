import { afterEach, beforeEach, expect, it } from "vitest";
import { createTracker, type EventContext, metaConversions, tiktokEvents } from "../../src/index.js";
import { createSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { consent, tokens, webContext } from "../shop.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await createSandbox();
});
afterEach(() => sandbox.close());

/** `https://shop.example/?test=TEST1` is a test under that code. */
const codeInUrl = ({ context }: { context: EventContext }) =>
  new URL(context.page?.url ?? "https://none.example/").searchParams.get("test") ?? undefined;

it.each([
  ["each event's own", codeInUrl, { plain: undefined, TEST1: "TEST1", TEST2: "TEST2" }],
  ["one for all", "TEST9", { plain: "TEST9", TEST1: "TEST9", TEST2: "TEST9" }],
] as const)(
  "test code, %s: a request carries one code, and no test shares one with real events",
  async (_, testEventCode, expected) => {
    await using tracker = createTracker({
      destinations: [
        tiktokEvents({ pixelCode: "C0PIXEL", accessToken: tokens.tiktok, baseUrl: sandbox.url, testEventCode }),
        metaConversions({ datasetId: "123456", accessToken: tokens.meta, baseUrl: sandbox.url, testEventCode }),
      ],
    });
    const kinds = ["plain", "TEST1", "TEST2"] as const;
    for (let index = 0; index < 60; index++) {
      const kind = kinds[index % 3] ?? "plain";
      const url = `https://shop.example/${kind === "plain" ? "" : `?test=${kind}`}`;
      const context = { ...webContext, page: { url } };
      void tracker.track("Contact", {}, { id: `${kind}-${index}`, context, consent });
    }
    expect(await tracker.flush()).toMatchObject({ delivered: 120, dead: 0 });
    const seen = sandbox.requests().flatMap(({ endpoint, body }) => {
      const { data, test_event_code: code } = body as { data: { event_id: string }[]; test_event_code?: string };
      return data.map(({ event_id: id }) => ({ endpoint, id, code }));
    });
    expect(seen).toHaveLength(120);
    for (const { id, code } of seen) expect(code).toBe(expected[id.split("-")[0] as keyof typeof expected]);
  },
);
