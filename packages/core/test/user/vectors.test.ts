import { createHash } from "node:crypto";
import { hashUserData, normalizeUserData, type UserData, type Vendor } from "@beaconry/core";
import { parsePhone } from "@beaconry/core/phone";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import { describe, expect, it } from "vitest";
import vectors from "../vectors/match-keys.json" with { type: "json" };

interface Vector {
  vendor: Vendor;
  field: string;
  input: string;
  country?: string;
  normalized: string;
  sha256: string;
  source: string;
}

const wireKeys: Record<Vendor, Record<string, string>> = {
  meta: {
    email: "em",
    phone: "ph",
    firstName: "fn",
    birthDate: "db",
    country: "country",
    city: "ct",
    state: "st",
    zip: "zp",
    gender: "ge",
  },
  tiktok: { email: "email", phone: "phone", externalId: "external_id" },
};

describe("published vectors", () => {
  const ofPerson = (vectors as Vector[]).filter(({ field }) => field !== "idfa");
  it.each(ofPerson)("$vendor $field $input", ({ vendor, field, input, country, normalized, sha256 }) => {
    const user: UserData = { country, [field]: input };
    const key = wireKeys[vendor][field] ?? "?";
    expect(normalizeUserData(user, vendor, { parsePhone }).keys[key]).toBe(normalized);
    const { keys, issues } = hashUserData(user, vendor, { parsePhone });
    expect(keys[key]).toBe(sha256);
    expect(issues).toEqual([]);
  });

  it("tiktok idfa goes raw in upper case, which is the form that the published hash is of", () => {
    const vector = (vectors as Vector[]).find(({ field }) => field === "idfa");
    if (!vector) throw new Error("the vector is missing");
    const { body } = toTikTokEvent({
      id: "1",
      name: "Purchase",
      time: 0,
      properties: { currency: "EUR", value: 1 },
      consent: { advertising: true, advertiserTracking: true },
      context: {
        source: "app",
        app: { id: "com.example.shop" },
        device: { platform: "ios", osVersion: "17.0", advertisingId: vector.input.toLowerCase() },
      },
    });
    expect(body?.user.idfa).toBe(vector.normalized);
    expect(createHash("sha256").update(String(body?.user.idfa)).digest("hex")).toBe(vector.sha256);
  });
});
