import { hashUserData, type UserData } from "@beaconry/core";
import { describe, it } from "vitest";

describe("types of a person", () => {
  it("lets right calls compile", () => {
    hashUserData({ email: ["a@example.com", "b@example.com"], birthDate: new Date(0), zip: 94035 }, "meta");
    const user: UserData = { country: "US", state: "California" };
    hashUserData(user, "tiktok", { parsePhone: () => undefined });
  });

  it("refuses wrong ones", () => {
    // @ts-expect-error no such vendor
    hashUserData({ email: "a@example.com" }, "snapchat");
    // @ts-expect-error a misspelt field
    hashUserData({ e_mail: "a@example.com" }, "meta");
    // @ts-expect-error a vendor's spelling
    hashUserData({ em: "a@example.com" }, "meta");
    // @ts-expect-error an e-mail is a text
    hashUserData({ email: 5 }, "meta");
    // @ts-expect-error a misspelt option
    hashUserData({}, "meta", { parsePhones: () => undefined });
  });
});
