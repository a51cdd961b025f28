import { createHash } from "node:crypto";
import {
  createEvent,
  hashForVendors,
  hashUserData,
  normalizeUserData,
  type UserData,
  type Vendor,
} from "@beaconry/core";
import { toConversion } from "@beaconry/core/meta";
import { parsePhone } from "@beaconry/core/phone";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const vendors: readonly Vendor[] = ["meta", "tiktok"];

describe("hashUserData", () => {
  it("passes a SHA-256 hash of any case through in lower case, and hashes it never again", () => {
    const hash = "62A14E44F765419D10FEA99367361A727C12365E2520F32218D505ED9AA0F62F";
    expect(hashUserData({ email: ` ${hash} ` }, "meta").keys).toEqual({ em: hash.toLowerCase() });
  });

  it.each([emptyHash, emptyHash.toUpperCase()])(
    "reports the hash of nothing, which anybody has, and leaves it out: %s",
    (hash) => {
      for (const vendor of vendors) {
        const { keys, issues } = hashUserData({ email: hash, externalId: ["u-1", hash] }, vendor);
        expect(keys).toEqual({ external_id: sha256("u-1") });
        expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
          "unusable user.email",
          "unusable user.externalId",
        ]);
      }
    },
  );

  it("reports an MD5 hash and leaves it out", () => {
    const { keys, issues } = hashUserData({ email: "5F4DCC3B5AA765D61D8327DEB882CF99" }, "meta");
    expect(keys).toEqual({});
    expect(issues).toMatchObject([{ severity: "warning", code: "md5", path: "user.email" }]);
  });

  it("sends several values as an array, each once", () => {
    const { keys } = hashUserData({ email: ["ada@example.com", "ADA@example.com ", "b@example.com"] }, "meta");
    expect(keys).toEqual({ em: [sha256("ada@example.com"), sha256("b@example.com")] });
  });

  it("sends TikTok one name and says so", () => {
    const { keys, issues } = hashUserData({ firstName: ["Ada", "Augusta"] }, "tiktok");
    expect(keys).toEqual({ first_name: sha256("ada") });
    expect(issues).toMatchObject([{ code: "too_many", path: "user.firstName" }]);
  });

  it("reports an unknown field and keeps the rest", () => {
    const user = { mail: "ada@example.com", email: "ada@example.com" } as UserData;
    const { keys, issues } = hashUserData(user, "meta");
    expect(keys).toEqual({ em: sha256("ada@example.com") });
    expect(issues).toMatchObject([{ code: "unknown_property", path: "user.mail" }]);
  });
});

describe("hashForVendors", () => {
  const user = { email: "ada@example.com", phone: "+16505551212", firstName: "Ada" };

  it("leaves nothing of the person in the clear and has both vendors' keys", () => {
    const { matchKeys, issues } = hashForVendors(user, vendors);
    expect(issues).toEqual([]);
    expect(JSON.stringify(matchKeys)).not.toMatch(/ada|6505551212/i);
    expect(matchKeys).toEqual({
      meta: { em: sha256("ada@example.com"), ph: sha256("16505551212"), fn: sha256("ada") },
      tiktok: { email: sha256("ada@example.com"), phone: sha256("+16505551212"), first_name: sha256("ada") },
    });
  });

  it("keeps in the clear what TikTok takes so, and reports a value once for both", () => {
    const { matchKeys, issues } = hashForVendors({ city: "Paris", email: "nonsense" }, vendors);
    expect(matchKeys).toEqual({ meta: { ct: sha256("paris") }, tiktok: { city: "paris" } });
    expect(issues.map(({ path }) => path)).toEqual(["user.email"]);
  });

  it("gives what an event can carry in the place of the person's data", () => {
    const { matchKeys } = hashForVendors(user, vendors);
    const init = { id: "1", time: 1, consent: { advertising: true }, context: { source: "store" as const } };
    const hashed = toConversion(createEvent("Contact", {}, { ...init, matchKeys })).body;
    expect(hashed).toEqual(toConversion(createEvent("Contact", {}, { ...init, user })).body);
    const both = createEvent("Contact", {}, { ...init, matchKeys, user: { firstName: "Bea" } });
    expect(toConversion(both).body?.user_data).toEqual({ ...matchKeys.meta, fn: sha256("bea") });
  });
});

describe("properties of normalising", () => {
  const field = fc.constantFrom(
    "email",
    "phone",
    "firstName",
    "lastName",
    "birthDate",
    "gender",
    "city",
    "state",
    "zip",
    "country",
    "externalId",
  );
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.emailAddress(),
    fc.stringMatching(/^[+0-9() .-]{0,20}$/),
  );

  it("is idempotent", () => {
    fc.assert(
      fc.property(field, text, fc.constantFrom(...vendors), (name, value, vendor) => {
        const once = normalizeUserData({ [name]: value, country: "us" }, vendor, { parsePhone }).keys;
        const back: Record<string, unknown> = { country: "us" };
        const [key, normal] = Object.entries(once).find(([wireKey]) => wireKey !== "country") ?? [];
        if (!key || normal === undefined) return;
        // Meta's phone lost its plus: the digits alone are no international number.
        back[name] = key === "ph" ? `+${normal}` : normal;
        expect(normalizeUserData(back, vendor, { parsePhone }).keys[key]).toEqual(normal);
      }),
      { numRuns: 2000 },
    );
  });

  it("does not change with an e-mail's case and the space about it", () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.constantFrom("", " ", "\t", "\n "), (email, space) => {
        const { keys } = hashUserData({ email }, "meta");
        expect(hashUserData({ email: `${space}${email.toUpperCase()}${space}` }, "meta").keys).toEqual(keys);
        expect(hashUserData({ email }, "tiktok").keys.email).toEqual(keys.em);
      }),
    );
  });

  it("does not change with the spaces and signs in an international phone number", () => {
    const signs = fc.constantFrom("", " ", "-", ".", "/", " (", ") ");
    fc.assert(
      fc.property(
        // A 0 after the country's code is none of the number.
        fc.stringMatching(/^[1-9]{4}\d{3,11}$/),
        fc.array(signs, { maxLength: 9 }),
        (digits, between) => {
          const written = [...digits].map((digit, index) => digit + (between[index] ?? "")).join("");
          // "(0)" is the one sign that means something: dialled only inside the country.
          fc.pre(!written.includes("(0)"));
          for (const vendor of vendors) {
            const { keys } = hashUserData({ phone: `+${digits}` }, vendor);
            expect(Object.keys(keys)).toHaveLength(1);
            expect(hashUserData({ phone: ` +${written}` }, vendor).keys).toEqual(keys);
          }
        },
      ),
    );
  });

  it("does not change with the case, spaces and punctuation of a name", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-zà-öø-ÿ]{1,20}$/),
        fc.constantFrom(" ", "-", "'", "’", ".", "`"),
        (name, mark) => {
          const spread = [...name.toUpperCase()].join(mark);
          // Two letters in upper case: the German sharp s.
          fc.pre(name.toUpperCase().toLowerCase() === name);
          expect(hashUserData({ lastName: spread }, "meta").keys).toEqual(
            hashUserData({ lastName: name }, "meta").keys,
          );
        },
      ),
    );
  });

  it("gives NFC and NFD the same keys", () => {
    fc.assert(
      fc.property(field, text, (name, value) => {
        const of = (form: string) => hashUserData({ [name]: value.normalize(form) }, "meta").keys;
        expect(of("NFD")).toEqual(of("NFC"));
      }),
      { numRuns: 1000 },
    );
  });

  it("throws for no input of any type, and gives only hashes or plain texts, never the hash of nothing", () => {
    fc.assert(
      fc.property(fc.dictionary(field, fc.anything()), fc.constantFrom(...vendors), (user, vendor) => {
        const { keys } = hashUserData(user as UserData, vendor, { parsePhone });
        for (const [key, value] of Object.entries(keys)) {
          for (const one of [value].flat()) {
            expect(one).not.toBe(emptyHash);
            const plain = vendor === "tiktok" && ["city", "state", "country"].includes(key);
            expect(/^[0-9a-f]{64}$/.test(one)).toBe(!plain);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes no longer for hostile input", () => {
    for (const hostile of [
      "a@".repeat(50_000),
      `a@${"a.".repeat(50_000)}`,
      "+".repeat(100_000),
      " ".repeat(100_000),
      "0".repeat(100_000),
    ]) {
      for (const name of ["email", "phone", "firstName", "birthDate", "zip", "state", "country", "city", "gender"]) {
        expect(hashUserData({ [name]: hostile }, "meta", { parsePhone }).keys).toEqual({});
      }
    }
  });
});
