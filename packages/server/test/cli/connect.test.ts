import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { fileTokenStore } from "@beaconry/server/tiktok-business";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { beaconry, makeFolder, start } from "./beaconry.js";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await createSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const env = { TIKTOK_APP_SECRET: "app-secret-81" };

/** Runs the command and does in the browser what a person would, as often as the address is shown. */
async function connect(args: readonly string[], visit = allow) {
  const child = start(["connect", "tiktok", "--sandbox", sandbox.url, "--port", "0", ...args], env);
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  let visited = false;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    const [address] = /^http\S+portal\/auth\S+$/m.exec(stderr) ?? [];
    if (!address || visited) return;
    visited = true;
    void visit(address);
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr, visited };
}

async function allow(address: string): Promise<void> {
  const answer = await fetch(address.replace("/portal/auth?", "/portal/auth/allow?"), { redirect: "manual" });
  const back = answer.headers.get("location") ?? "";
  // Somebody else's answer comes first, and must change nothing.
  const forged = new URL(back);
  forged.searchParams.set("state", "forged");
  expect((await fetch(forged)).status).toBe(400);
  const page = await fetch(back);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("Connected.");
}

const shop = ["--account", "Sandbox Shop", "--pixel", "blog"];

describe("beaconry connect tiktok", () => {
  it("signs in, takes account and pixel by name, and writes them down beside the token", async () => {
    const folder = makeFolder();
    const config = join(folder, "beaconry.config.json");
    // What is connected at TikTok stays, and a sandbox is not asked for it.
    const tiktok = { appId: "7012345678901234567", accountId: "6912345678901234567", pixelCode: "C0REAL" };
    writeFileSync(config, JSON.stringify({ mine: true, tiktok }));
    const at = ["--sandbox", sandbox.url, "--config", config];
    expect(await beaconry(["audience", "list", ...at])).toMatchObject({ code: 0 });
    const lead = ["leads", "test", "--form", "7400000000000000001", ...at];
    expect(await beaconry(lead)).toMatchObject({ code: 0 });
    const { code, stdout, stderr } = await connect(["--app-id", "700", "--config", config, ...shop, "--json"]);
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        account: {
          id: "7000000000000000001",
          name: "Sandbox Shop",
          status: "STATUS_ENABLE",
          usable: true,
          role: "ROLE_ADVERTISER",
        },
        pixel: { id: "7200000000000000002", code: "C0SANDBOXPIXEL000002", name: "Blog" },
        config,
      },
    ]);
    expect(JSON.parse(readFileSync(config, "utf8"))).toEqual({
      mine: true,
      tiktok,
      tiktokSandbox: {
        appId: "700",
        accountId: "7000000000000000001",
        accountName: "Sandbox Shop",
        pixelCode: "C0SANDBOXPIXEL000002",
      },
    });
    const tokenFile = join(folder, ".beaconry", "sandbox-token.json");
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, ".beaconry", ".gitignore"), "utf8")).toBe("*\n");
    const { accessToken } = JSON.parse(readFileSync(tokenFile, "utf8"));
    for (const secret of [accessToken, env.TIKTOK_APP_SECRET]) {
      expect(stdout + stderr + readFileSync(config, "utf8")).not.toContain(secret);
    }
  });

  it("goes on where it was stopped: what is done is not asked again", async () => {
    const config = join(makeFolder(), "beaconry.config.json");
    const first = await connect(["--app-id", "700", "--config", config]);
    expect(first).toMatchObject({ code: 2, visited: true });
    expect(first.stderr).toContain(
      "--account is missing, and there are several: Sandbox Shop, Sandbox Outlet, Sandbox Raffle",
    );
    const second = await connect(["--config", config, "--account", "7000000000000000001"]);
    expect(second).toMatchObject({ code: 2, visited: false });
    expect(second.stderr).toContain("--pixel is missing, and there are several: Shop, Blog");
    const third = await connect(["--config", config, ...shop]);
    expect(third).toMatchObject({ code: 0, visited: false });
    expect(third.stdout).toContain("STATUS_ENABLE: Approved: it can be used.");
    expect(third.stdout).toContain("Blog (C0SANDBOXPIXEL000002)");
    expect(await connect(["--config", config])).toMatchObject({ code: 0, visited: false });
  });

  it("says how to get a token in the place of one that can not be read, and gets it", async () => {
    const folder = makeFolder();
    const at = ["--config", join(folder, "beaconry.config.json")];
    await connect(["--app-id", "700", ...at, ...shop]);
    writeFileSync(join(folder, ".beaconry", "sandbox-token.json"), '{"accessToken":');
    const broken = await connect([...at, ...shop]);
    expect(broken).toMatchObject({ code: 2, visited: false });
    expect(broken.stderr).toContain("sandbox-token.json holds no TikTok token: run beaconry connect tiktok --again");
    expect(await connect([...at, ...shop, "--again"])).toMatchObject({ code: 0, visited: true });
  });

  it("says when the account can not be used", async () => {
    const config = join(makeFolder(), "beaconry.config.json");
    const { code, stdout, stderr } = await connect([
      "--app-id",
      "700",
      "--config",
      config,
      "--account",
      "sandbox raffle",
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("STATUS_LIMIT: Punished: it may not advertise.");
    expect(stdout).toContain("ROLE_CHILD_ADVERTISER: An account below an advertiser's.");
    expect(stderr).toContain("can not be used now");
  });

  it("makes an account of a file", async () => {
    const folder = makeFolder();
    const config = join(folder, "beaconry.config.json");
    const file = join(folder, "account.json");
    const company = { name: "New GmbH", industry: "290101", registeredArea: "DE" };
    writeFileSync(
      file,
      JSON.stringify({
        businessCenterId: "7100000000000000001",
        name: "New",
        currency: "EUR",
        timezone: "UTC",
        company,
      }),
    );
    const { code, stdout } = await connect(["--app-id", "700", "--config", config, "--new-account", file, "--json"]);
    expect([code, JSON.parse(stdout).account]).toEqual([
      1,
      expect.objectContaining({ name: "New", status: "STATUS_PENDING_CONFIRM", usable: false }),
    ]);
  });

  it("needs the app and its secret", async () => {
    const config = join(makeFolder(), "beaconry.config.json");
    const missing = await beaconry(["connect", "tiktok", "--config", config]);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining("--app-id is missing")]);
    const secret = await beaconry(["connect", "tiktok", "--config", config, "--app-id", "700"]);
    expect([secret.code, secret.stderr]).toEqual([2, expect.stringContaining("TIKTOK_APP_SECRET")]);
    expect(existsSync(config)).toBe(false);
  });
});

describe("beaconry accounts", () => {
  it("lists what fits, as a table or as JSON", async () => {
    const config = join(makeFolder(), "beaconry.config.json");
    await connect(["--app-id", "700", "--config", config, ...shop]);
    const list = (...args: string[]) => beaconry(["accounts", "--config", config, "--sandbox", sandbox.url, ...args]);
    const table = await list();
    expect(table.stdout.split("\n").slice(0, 3)).toEqual([
      "   name            id                   status                  role                   what the status means",
      "*  Sandbox Shop    7000000000000000001  STATUS_ENABLE           ROLE_ADVERTISER        Approved: it can be used.",
      "   Sandbox Outlet  7000000000000000002  STATUS_PENDING_CONFIRM  ROLE_ADVERTISER        Under review.",
    ]);
    const usable = await list("--usable", "--json");
    expect(
      usable.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).name),
    ).toEqual(["Sandbox Shop"]);
    expect((await list("--search", "nothing")).stderr).toBe("No account fits.\n");
  });

  it("lists a sandbox's without connecting, and never gives it TikTok's token", async () => {
    const folder = makeFolder();
    const store = fileTokenStore(join(folder, ".beaconry", "tiktok-token.json"));
    await store.save({ accessToken: "of-tiktok-81", advertiserIds: ["1"], scopes: [], obtainedAt: 1 });
    await using strict = await createSandbox({ badTokens: ["of-tiktok-81"] });
    const config = join(folder, "beaconry.config.json");
    const { code, stdout } = await beaconry(["accounts", "--config", config, "--sandbox", strict.url]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\* {2}Sandbox Shop +7000000000000000001/m)]);
  });

  it("says so when nobody has connected", async () => {
    const { code, stderr } = await beaconry(["accounts", "--config", join(makeFolder(), "none.json")]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("run beaconry connect tiktok first")]);
  });
});
