import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { checkOptions } from "../../../pixel/src/options.js";
import { metaAppEvents, metaConversions, tiktokEvents } from "../../src/index.js";
import { tiktokBusiness } from "../../src/tiktok-business/index.js";
import { beaconry, firstLine, start } from "./beaconry.js";

/** Starts a sandbox on a free port and gives what it says of itself. */
async function startSandbox(...args: string[]) {
  const child = start(["sandbox", "--port", "0", "--json", ...args]);
  return { child, told: JSON.parse(await firstLine(child)) };
}

const track = async (url: string) => {
  const response = await fetch(`${url}/open_api/v1.3/event/track/`, {
    method: "POST",
    headers: { "content-type": "application/json", "access-token": "any" },
    body: JSON.stringify({
      event_source: "web",
      event_source_id: "C0DEMO00000000000000",
      data: [
        {
          event: "Contact",
          event_id: "1",
          event_time: Math.floor(Date.now() / 1_000),
          user: { ip: "203.0.113.7", user_agent: "Mozilla/5.0" },
          page: { url: "https://shop.example/" },
        },
      ],
    }),
  });
  return (await response.json()) as { code: number };
};

describe("beaconry sandbox", () => {
  it("runs until it is interrupted, and tells the settings of trackers and pixels by their names", async () => {
    const { child, told } = await startSandbox("--seed", "7");
    expect(told).toMatchObject({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), seed: 7, faults: [] });
    const { destinations, tags } = told;
    const { accounts } = tiktokBusiness(told.tiktokBusiness);
    expect(await accounts.info(["7000000000000000001"])).toMatchObject([{ name: "Sandbox Shop" }]);
    expect(tiktokEvents(destinations.tiktokEvents).name).toBe("tiktok");
    expect(metaConversions(destinations.metaConversions).name).toBe("meta");
    expect(metaAppEvents(destinations.metaAppEvents).name).toBe("meta-app");
    checkOptions({ endpoint: "/collect", tags });
    for (const { scriptUrl } of [tags.meta, tags.tiktok]) expect((await fetch(scriptUrl)).status).toBe(200);
    expect((await track(told.url)).code).toBe(0);
    child.kill("SIGINT");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("ends as well on SIGTERM", async () => {
    const { child } = await startSandbox();
    child.kill("SIGTERM");
    expect(await once(child, "close")).toEqual([0, null]);
  });

  it("prints the settings to paste, and each event as it comes", async () => {
    const child = start(["sandbox", "--port", "0"]);
    let stdout = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      stderr += chunk;
    });
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      const before = stdout;
      stdout += chunk;
      const url = /tiktokEvents\(\{.* baseUrl: "(.*)" \}\),/.exec(stdout)?.[1];
      if (url && /scriptUrl: ".*fbevents\.js" \},/.test(stdout) && !before.includes("fbevents")) await track(url);
      if (stdout.includes("Contact")) child.kill("SIGINT");
    }
    expect(stdout).toMatch(/^ {4}metaConversions\(\{ datasetId: "\d+", accessToken: "any", baseUrl: "http:.*" \}\),$/m);
    expect(stdout).toMatch(/^ {4}tiktok: \{ pixelCode: "C0DEMO0{14}", scriptUrl: ".*\/i18n\/pixel\/events\.js" \},$/m);
    expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}counted {7}tiktok {2}server {3}Contact {2}1/m);
    expect(stderr).toBe("1 event in 1 request\n");
  });

  it("sets faults, and tells them", async () => {
    const { told } = await startSandbox("--fault", "rateLimit,endpoint=tiktok.events,code=40100,count=1");
    expect(told.faults).toEqual([{ kind: "rateLimit", endpoint: "tiktok.events", code: 40_100, count: 1 }]);
    expect((await track(told.url)).code).toBe(40_100);
    expect((await track(told.url)).code).toBe(0);
  });

  it("names the option when a fault is none, or the port is taken", async () => {
    const bad = await beaconry(["sandbox", "--port", "0", "--fault", "flood"]);
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toMatch(
      /^error: --fault: kind is a text that does not fit, accepted is latency or rateLimit or/,
    );
    const { told } = await startSandbox();
    const taken = await beaconry(["sandbox", "--port", new URL(told.url).port]);
    expect(taken).toMatchObject({ code: 1, stdout: "" });
    expect(taken.stderr).toMatch(/^error: --port: port \d+ of 127\.0\.0\.1 is in use/);
  });
});
