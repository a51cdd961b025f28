import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HashSet } from "../../src/hash-set.js";
import { stepsOf } from "../../src/tiktok-business/audiences/people-source.js";
import type { AudiencePerson } from "../../src/tiktok-business/audiences/person.js";
import { prepareFiles } from "../../src/tiktok-business/audiences/prepare.js";
import { type CsvSource, readCsv } from "../../src/tiktok-business/audiences/read-csv.js";
import type { AudienceSchema } from "../../src/tiktok-business/audiences/schema.js";
import { createPeopleTaker } from "../../src/tiktok-business/audiences/take-people.js";
import { makeFolder, sha256 } from "./audience-people.js";

const columns = [["email"], ["phone"], ["idfa", "gaid"]] as const;

describe("people", () => {
  const take = (person: AudiencePerson, form: "lowerCase" | "withoutDotsAndTags" = "lowerCase") =>
    createPeopleTaker(columns, form)
      .take(person)
      .map((row) => row.split(","));
  const idfa = "6D92078A-8246-4BA4-AE5B-76104861E7DC";

  it.each<[string, AudiencePerson, string[][]]>([
    ["e-mail in lower case", { email: " Ada.L+x@Shop.Example " }, [[sha256("ada.l+x@shop.example"), "", ""]]],
    ["phone with plus", { phone: "+49 (0)30 123456-7" }, [["", sha256("+49301234567"), ""]]],
    ["national phone", { phone: "(650) 555-1212", country: "US" }, [["", sha256("+16505551212"), ""]]],
    ["idfa in upper case", { idfa: idfa.toLowerCase() }, [["", "", sha256(idfa)]]],
    ["gaid in lower case", { gaid: idfa }, [["", "", sha256(idfa.toLowerCase())]]],
    ["a hash as it is", { email: sha256("x").toUpperCase() }, [[sha256("x"), "", ""]]],
    [
      "several values in further rows",
      { email: ["a@b.example", "c@d.example", "A@b.example"], phone: "+16505551212" },
      [
        [sha256("a@b.example"), sha256("+16505551212"), ""],
        [sha256("c@d.example"), "", ""],
      ],
    ],
  ])("are known by %s", (_, person, rows) => {
    expect(take(person)).toEqual(rows);
  });

  it("have e-mail addresses without dots and tags where that is asked for", () => {
    expect(take({ email: "Ada.L+shop@Mail.Example" }, "withoutDotsAndTags")).toEqual([
      [sha256("adal@mail.example"), "", ""],
    ]);
  });

  it("are counted: taken once, by their reason when not at all", () => {
    const taker = createPeopleTaker(columns, "lowerCase");
    const zeros = "00000000-0000-0000-0000-000000000000";
    for (const person of [
      { email: "a@b.example", phone: "nonsense" },
      { email: "A@B.example " },
      // Known by one thing, new by another.
      { email: "a@b.example", phone: "+16505551212" },
      { phone: "+1 650 555 1212" },
      {},
      { email: "", phone: "  " },
      { email: "nobody" },
      { email: "nobody", phone: "650 555 1212" },
      { phone: "650 555 1212" },
      { idfa: zeros },
      { gaid: "x" },
      { email: "0123456789abcdef0123456789abcdef" },
      { email: 5 as unknown as string },
    ]) {
      taker.take(person);
    }
    expect(taker.counts()).toEqual({
      total: 13,
      valid: 2,
      duplicate: 2,
      invalid: 9,
      reasons: { missing: 2, email: 3, phone: 1, idfa: 1, gaid: 1, md5: 1 },
      valuesLeftOut: 1,
    });
  });

  it.each([8, 16, 32])("are told apart by hashes of which %i bytes count", (bytes) => {
    const set = new HashSet(bytes);
    const hashes = Array.from({ length: 5_000 }, (_, index) => sha256(String(index)));
    expect(hashes.filter((hash) => set.add(hash))).toHaveLength(5_000);
    expect(hashes.filter((hash) => set.add(hash.toUpperCase()))).toHaveLength(0);
    expect(set.size).toBe(5_000);
    expect(set.has(sha256("other"))).toBe(false);
    expect([...set.values()].sort()).toEqual(hashes.map((hash) => hash.slice(0, bytes * 2)).sort());
    const zero = "0".repeat(64);
    expect([set.has(zero), set.add(zero), set.add(zero), set.has(zero), set.size]).toEqual([
      false,
      true,
      false,
      true,
      5_001,
    ]);
  });
});

describe("a CSV", () => {
  async function read(text: string | Buffer, more: Partial<CsvSource> = {}) {
    const path = join(makeFolder(), "people.csv");
    writeFileSync(path, text);
    const found: AudiencePerson[] = [];
    let bytes = 0;
    for await (const step of readCsv({ path, ...more })) {
      found.push(...step.people);
      bytes += step.bytes ?? 0;
    }
    expect(bytes).toBe(statSync(path).size);
    return found;
  }

  it.each([
    ["usual titles", "Email,Phone Number,other\na@b.example,+1650,x\n"],
    ["a semicolon", "E-Mail;phone_number;other\na@b.example;+1650;x\n"],
    ["tabs, no last line break", "mail\tMOBILE\ta@b.example\na@b.example\t+1650\tx"],
    ["a byte order mark and CRLF", "\uFEFFemail,phone\r\na@b.example,+1650\r\n\r\n"],
    ["quotation marks", '"email","phone",note\n"a@b.example",+1650,"first,\nsecond ""third"""\n'],
    ["quotation marks at the end", 'email,phone\na@b.example,"+1650"'],
  ])("is read with %s", async (_, text) => {
    expect(await read(text)).toEqual([{ email: "a@b.example", phone: "+1650" }]);
  });

  it("is read by the columns that are named", async () => {
    const text = "Kunde,Mail 1,Mail 2,Land,Tel\nx,a@b.example,c@d.example,DE,030 1\ny,e@f.example\n";
    const columns = { email: ["mail 1", "Mail 2"], phone: "Tel", country: "LAND" };
    expect(await read(text, { columns })).toEqual([
      { email: ["a@b.example", "c@d.example"], phone: "030 1", country: "DE" },
      { email: "e@f.example" },
    ]);
    expect(await read("a|b\n1|2\n", { columns: { email: "b" }, delimiter: "|" })).toEqual([{ email: "2" }]);
  });

  it("is read across the pieces in which it comes, quoted from the middle on", async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) =>
      row < 10_000 ? `person${row}@shop.example,ü${row}` : `"person${row}@shop.example","ü\n${row}"`,
    );
    const found = await read(`email,name\n${rows.join("\n")}\n`);
    expect(found).toEqual(rows.map((_, row) => ({ email: `person${row}@shop.example` })));
  });

  it("has stray quotation marks taken as they are", async () => {
    const text = 'note,email\n5" nails,a@b.example\n"x"y,c@d.example\n';
    expect(await read(text)).toEqual([{ email: "a@b.example" }, { email: "c@d.example" }]);
  });

  it.each([
    ["without rows", "email,phone\n", []],
    ["with titles alone", "email", []],
  ])("may be %s", async (_, text, found) => {
    expect(await read(text)).toEqual(found);
  });

  it.each<[string, string, Partial<CsvSource>, string]>([
    ["lacks a column", "email\na@b.example\n", { columns: { phone: "Tel" } }, "has no column Tel"],
    ["has no titles", "a@b.example,+1650\n", {}, "no column with a usual title"],
    ["is empty", "", {}, "no column with a usual title"],
    ["has an endless row", `email\n${"x".repeat(1_100_000)}`, {}, "a row longer than 1 MiB"],
    ["has a quotation mark that never ends", 'email\n"a\n', {}, "a quotation mark that never ends"],
    ["has an endless quotation", `email\n"${"x\n".repeat(700_000)}`, {}, "a row longer than 1 MiB"],
  ])("is refused when it %s, without what stands in it", async (_, text, more, message) => {
    await expect(read(text, more)).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringMatching(new RegExp(`^csv: (?!.*@).*${message}`)),
    });
  });

  it("is refused when there is none", async () => {
    const steps = readCsv({ path: join(makeFolder(), "none.csv") });
    await expect(steps.next()).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringMatching(/ENOENT/),
    });
  });
});

describe("files to upload", () => {
  async function prepare(people: AudiencePerson[], schema: AudienceSchema, largestFile = 1_000_000) {
    const folder = join(makeFolder(), "files");
    mkdirSync(folder);
    const { files, counts } = await prepareFiles(stepsOf(people), {
      schema,
      emailForm: "lowerCase",
      largestFile,
      folder,
    });
    return { files, counts, texts: files.map(({ name }) => readFileSync(join(folder, name), "utf8")), folder };
  }
  const both = { email: "a@b.example", phone: "+16505551212" };
  const [email, phone] = [sha256("a@b.example"), sha256("+16505551212")];

  it.each<[AudienceSchema, string]>([
    ["email", `${email}\n`],
    ["phone", `${phone}\n`],
    ["multiple", `email_SHA256,phone_SHA256,MAID_SHA256\n${email},${phone},\n`],
  ])("have of %s what TikTok reads", async (schema, text) => {
    expect((await prepare([both], schema)).texts).toEqual([text]);
  });

  it("are as large as allowed, each with its MD5, for their owner only", async () => {
    const people = Array.from({ length: 100 }, (_, index) => ({ email: `${index}@b.example` }));
    const { files, texts, folder } = await prepare(people, "email", 65 * 30 + 10);
    expect(files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ["part-1.csv", 65 * 30],
      ["part-2.csv", 65 * 30],
      ["part-3.csv", 65 * 30],
      ["part-4.csv", 65 * 10],
    ]);
    expect(texts.join("")).toBe(people.map((person) => `${sha256(person.email)}\n`).join(""));
    const { createHash } = await import("node:crypto");
    expect(files.map(({ md5 }) => md5)).toEqual(texts.map((text) => createHash("md5").update(text).digest("hex")));
    expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual(Array(4).fill(0o600));
    const named = await prepare(people, "multiple", 700);
    expect(named.texts.every((text) => text.startsWith("email_SHA256,phone_SHA256,MAID_SHA256\n"))).toBe(true);
    expect(named.files.every(({ bytes }, index) => bytes <= 700 && bytes === named.texts[index]?.length)).toBe(true);
  });

  it("are none when nobody is left", async () => {
    expect((await prepare([{ phone: "x" }], "email")).files).toEqual([]);
  });
});
