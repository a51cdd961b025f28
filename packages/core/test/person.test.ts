import { createHash } from "node:crypto";
import type { Issue, MatchKeys, UserData } from "@beaconry/core";
import { hashForVendors } from "@beaconry/core";
import { readPerson } from "@beaconry/core/person";
import { parsePhone } from "@beaconry/core/phone";
import { describe, expect, it } from "vitest";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const noPhone = () => Promise.reject(new Error("no such module"));

/** Everything that is found, in its order. */
async function readAll(user: UserData, importPhone: Parameters<typeof readPerson>[1] = async () => ({ parsePhone })) {
  const { matchKeys, issues, rest } = readPerson(user, importPhone);
  const found: [MatchKeys, readonly Issue[]][] = [[matchKeys, issues]];
  await rest?.((keys, issues) => found.push([keys, issues]));
  return found;
}

describe("readPerson", () => {
  it("reads every form at once, without the tables of phone numbers", async () => {
    const user = { state: "California", country: "America", birthDate: "2/16/1997", phone: "tel:+16505551212" };
    const [[keys, issues] = [], ...more] = await readAll(user, noPhone);
    expect(keys).toEqual({
      meta: { st: sha256("ca"), country: sha256("us"), db: sha256("19970216"), ph: sha256("16505551212") },
      tiktok: { state: "ca", country: "us", phone: sha256("+16505551212") },
    });
    expect(issues).toEqual([]);
    expect(more).toEqual([]);
  });

  it("reports what is unusable as hashUserData does", async () => {
    const user = { email: "none", phone: "12345", mail: "x" } as UserData;
    const [[, issues] = []] = await readAll(user, noPhone);
    expect(issues).toEqual(hashForVendors(user, ["meta", "tiktok"]).issues);
    expect(issues?.map(({ path }) => path)).toEqual(["user.email", "user.phone", "user.mail"]);
  });

  it("loads the tables for a national number, and gives all keys again then", async () => {
    const user = { email: "ada@example.com", phone: "(213) 373-4253", country: "US", gender: "?" };
    const [first, second] = await readAll(user);
    expect(Object.keys(first?.[0].meta ?? {})).toEqual(["em", "country"]);
    expect(first?.[1].map(({ path }) => path)).toEqual(["user.gender"]);
    expect(second?.[0].meta).toEqual({
      em: sha256("ada@example.com"),
      country: sha256("us"),
      ph: sha256("12133734253"),
    });
    expect(second?.[1]).toEqual([]);
  });

  it("reports a number that is none in its country once, after the tables", async () => {
    const [first, second] = await readAll({ phone: "12", country: "US" });
    expect(first?.[1]).toEqual([]);
    expect(second?.[1].map(({ path, code }) => [path, code])).toEqual([["user.phone", "unusable"]]);
  });

  it("reports tables that can not be loaded", async () => {
    const [, second] = await readAll({ phone: "(213) 373-4253", country: "US" }, noPhone);
    expect(second?.[0]).toEqual({});
    expect(second?.[1]).toMatchObject([{ code: "unusable", path: "user.phone" }]);
    expect(second?.[1][0]?.message).toContain("@beaconry/core/phone");
    expect(second?.[1][0]?.message).not.toContain("213");
  });
});
