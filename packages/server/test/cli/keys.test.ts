import { execFile } from "node:child_process";
import { describe, expect, it } from "vitest";
import { beaconry, command } from "./beaconry.js";

// Values and hashes of Meta's "Customer information parameters".
const email = "John_Smith@gmail.com";
const emailHash = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
const phoneHash = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";

async function keys(input: string, ...args: string[]) {
  const { code, stdout, stderr } = await beaconry(["keys", "--json", ...args], { input });
  return {
    code,
    stderr,
    values: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

describe("beaconry keys", () => {
  it("gives normalised value and hash for each vendor, one value a line", async () => {
    expect(await keys(` ${email} \n\n${emailHash.toUpperCase()}\n`, "--field", "email")).toEqual({
      code: 0,
      stderr: "",
      values: [
        {
          line: 1,
          field: "email",
          vendors: {
            meta: { key: "em", normalized: "john_smith@gmail.com", sent: emailHash },
            tiktok: { key: "email", normalized: "john_smith@gmail.com", sent: emailHash },
          },
          issues: [],
        },
        {
          line: 3,
          field: "email",
          vendors: {
            meta: { key: "em", normalized: emailHash, sent: emailHash },
            tiktok: { key: "email", normalized: emailHash, sent: emailHash },
          },
          issues: [],
        },
      ],
    });
  });

  it("reads national numbers with a country only, and never tells the country's key", async () => {
    const { code, values } = await keys("(650) 555-1212", "--field", "phone", "--country", "us");
    expect(code).toBe(0);
    expect(values[0].vendors).toMatchObject({
      meta: { key: "ph", normalized: "16505551212", sent: phoneHash },
      tiktok: { key: "phone", normalized: "+16505551212" },
    });
    expect(await keys("(650) 555-1212", "--field", "phone")).toMatchObject({
      code: 1,
      values: [
        { vendors: {}, issues: [{ code: "unusable", message: expect.stringContaining("together with country") }] },
      ],
    });
    expect(await keys("1", "--field", "phone", "--country", "Narnia")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--country is none that is known"),
    });
  });

  it("says in words what is plain, what a vendor does not take, and what is not usable", async () => {
    const run = async (input: string, field: string) => beaconry(["keys", "--field", field], { input });
    expect((await run("New York", "city")).stdout).toBe(
      [
        "Meta    ct",
        "  normalised       newyork",
        // printf newyork | sha256sum
        "  sent (SHA-256)   350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5",
        "TikTok  city",
        "  sent as it is    newyork",
        "",
      ].join("\n"),
    );
    expect((await run("1997-02-16", "birthDate")).stdout).toMatch(/\nTikTok {2}takes no birthDate\n$/);
    expect(await run("1997-02-30", "birthDate")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^not usable {2}user\.birthDate is unusable and left out: accepted is a day that existed/,
      ),
    });
  });

  it("wants a value", async () => {
    expect(await beaconry(["keys", "--field", "email"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "error: no value came: write it to stdin, one a line\n",
    });
  });

  // Its `script` makes terminals; elsewhere the command of that name takes other options.
  it.runIf(process.platform === "linux")("asks on a terminal without showing the answer", async () => {
    const shell = [process.execPath, ...command, "keys", "--field", "email"].map((part) => `'${part}'`).join(" ");
    const shown = await new Promise<string>((resolve, reject) => {
      const env = { PATH: process.env.PATH, TERM: "xterm-256color" };
      const child = execFile("script", ["-qec", shell, "/dev/null"], { env }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      );
      child.stdout?.once("data", () => child.stdin?.write(`${email}\r`));
    });
    expect(shown).toContain("email (is not shown): ");
    expect(shown).toContain(emailHash);
    expect(shown).not.toContain(email);
  });
});
