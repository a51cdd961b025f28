import { hashForVendors, type UserData } from "@beaconry/core";
import { readMatchKeys } from "@beaconry/core/internal";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const hash = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f";
const other = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

describe("readMatchKeys", () => {
  it("gives hashes in lower case, as vendors compare them, and each once", () => {
    expect(readMatchKeys({ meta: { em: hash.toUpperCase() } }).meta).toEqual({ em: hash });
    expect(readMatchKeys({ meta: { em: [hash, hash.toUpperCase(), other] } }).meta).toEqual({ em: [hash, other] });
    expect(readMatchKeys({ tiktok: { email: [hash.toUpperCase(), hash] } }).tiktok).toEqual({ email: hash });
  });

  it("leaves out keys that do not exist, and what is no hash where one belongs", () => {
    const given = { em: "ada@example.com", ph: [hash, 1, "x"], fn: {}, email: hash, __proto__: { ln: hash } };
    expect(readMatchKeys({ meta: given })).toEqual({ meta: { ph: hash }, tiktok: {} });
    expect(readMatchKeys({ tiktok: { city: "paris", state: "a b", country: hash.repeat(2) } }).tiktok).toEqual({
      city: "paris",
    });
    for (const junk of [null, 1, "x", [], { meta: 1, tiktok: null }]) {
      expect(readMatchKeys(junk)).toEqual({ meta: {}, tiktok: {} });
    }
  });

  it("gives back what a person's data was made into", () => {
    const user = fc.record({
      email: fc.array(fc.emailAddress(), { maxLength: 4 }),
      city: fc.string(),
      zip: fc.string(),
    });
    fc.assert(
      fc.property(user, (person: UserData) => {
        const { matchKeys } = hashForVendors(person, ["meta", "tiktok"]);
        expect(readMatchKeys(JSON.parse(JSON.stringify(matchKeys)))).toEqual(matchKeys);
      }),
    );
  });
});
