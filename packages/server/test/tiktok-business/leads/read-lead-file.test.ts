import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LeadFile, readLeadFile, type TikTokLead } from "@beaconry/server/tiktok-business";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it, onTestFinished } from "vitest";
import { list } from "./web.js";

async function* pieces(bytes: Uint8Array, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function read(content: string | Uint8Array, more: Omit<LeadFile, "path"> = {}, size = 7): Promise<TikTokLead[]> {
  const bytes = typeof content === "string" ? strToU8(content) : content;
  const leads: TikTokLead[] = [];
  for await (const lead of readLeadFile({ stream: pieces(bytes, size), ...more })) leads.push(lead);
  return leads;
}

const csv =
  '\ufefflead_id,create_time,Form ID,form_name,Campaign Name,campaign_id,name,"Which, car?"\r\n' +
  '7126711421177430274,2025-05-16 08:00:01,6873052183063953666,"Test, drive",Spring,17,"Zoë ""Z"" Li","blue\nor red"\r\n' +
  "7126711421177430275,2025-05-16T08:00:02,6873052183063953666,,,,Ada,\r\n";

const leads = [
  {
    id: "7126711421177430274",
    source: "INSTANT_FORM",
    createdAt: Date.UTC(2025, 4, 16, 8, 0, 1),
    form: { id: "6873052183063953666", name: "Test, drive" },
    campaign: { id: "17", name: "Spring" },
    answers: { name: 'Zoë "Z" Li', "Which, car?": "blue\nor red" },
  },
  expect.objectContaining({ id: "7126711421177430275", answers: { name: "Ada", "Which, car?": "" } }),
];

describe("readLeadFile", () => {
  it("reads a CSV, however its bytes come", async () => {
    for (const size of [1, 5, 64, 10_000]) expect(await read(csv, {}, size)).toEqual(leads);
  });

  it("reads a file on disk", async () => {
    const folder = mkdtempSync(join(tmpdir(), "beaconry-leads-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "leads.csv");
    writeFileSync(path, csv);
    const found: TikTokLead[] = [];
    for await (const lead of readLeadFile({ path })) found.push(lead);
    expect(found).toEqual(leads);
    await expect(list(readLeadFile({ path: join(folder, "none.csv") }))).rejects.toThrow("ENOENT");
  });

  it("reads all CSVs of an archive, each with titles of its own, and nothing else in it", async () => {
    const archive = zipSync({
      "a/leads.csv": strToU8(csv),
      "readme.txt": strToU8("lead_id\n1\n"),
      "b.CSV": strToU8("email,Lead ID\na@example.com,9\n"),
      "empty.csv": new Uint8Array(),
    });
    for (const size of [1, 100, 100_000]) {
      expect(await read(archive, {}, size)).toEqual([
        ...leads,
        { id: "9", source: "INSTANT_FORM", answers: { email: "a@example.com" } },
      ]);
    }
  });

  it("takes the form and unusual titles from the caller", async () => {
    const options = { form: "11", columns: { lead_id: "Nummer" } };
    expect(await read("Nummer,email\n8,a@example.com\n", options)).toEqual([
      { id: "8", source: "INSTANT_FORM", form: { id: "11" }, answers: { email: "a@example.com" } },
    ]);
  });

  it("tells of rows that are no leads, and reads the others", async () => {
    const rejected: number[] = [];
    const found = await read("id,email\n,a\n7,b\nx,c\n7.1E+18,d\n", { onRejected: (row) => rejected.push(row) });
    expect(found.map(({ id }) => id)).toEqual(["7"]);
    expect(rejected).toEqual([1, 3, 4]);
  });

  it("is not blown up by an archive", async () => {
    const bomb = zipSync({ "a.csv": new Uint8Array(20_000_000).fill(65) }, { level: 9 });
    expect(bomb.length).toBeLessThan(100_000);
    await expect(read(bomb, { maxBytes: 1_000_000 }, 65_536)).rejects.toMatchObject({
      code: "invalid_option",
      message: "readLeadFile: the archive holds more than 1000000 bytes",
    });
    const many = zipSync(Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`${at}.csv`, new Uint8Array()])));
    await expect(read(many, {}, 65_536)).rejects.toThrow("more than 1000 files");
  });

  it.each([
    ["a CSV without ids", "name,email\nAda,a@example.com\n", "no column has the leads' ids"],
    ["an archive that breaks off", zipSync({ "a.csv": strToU8(csv) }).subarray(0, 120), "the archive is damaged"],
    ["an archive with wrong bytes", damaged(), "the archive is damaged"],
    ["a row without end", `id,a\n1,"${"x".repeat(1_100_000)}`, "longer than 1 MiB"],
  ])("refuses %s, without a word of it", async (_, content, message) => {
    await expect(read(content, {}, 65_536)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringMatching(message),
    });
  });

  it("takes either a path or a stream", async () => {
    await expect(list(readLeadFile({}))).rejects.toThrow("path or stream");
  });
});

function damaged(): Uint8Array {
  const archive = zipSync({ "a.csv": strToU8(csv) });
  archive.fill(0xff, 40, 80);
  return archive;
}
