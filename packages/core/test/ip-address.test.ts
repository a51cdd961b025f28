import { isIP } from "node:net";
import { toAppEvents, toConversion } from "@beaconry/core/meta";
import { toTikTokEvent } from "@beaconry/core/tiktok";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAddress } from "../src/ip-address.js";
import { appContext, purchase, webContext } from "./events.js";

describe("isAddress", () => {
  it("takes what Node takes, but for zones", () => {
    const group = fc.constantFrom("0", "a", "FFFF", "10000", "", "g", "1.2.3.4", "1.2.3", "256.1.1.1", "01.2.3.4");
    const joined = fc.array(group, { maxLength: 10 }).map((groups) => groups.join(":"));
    const spread = fc.tuple(joined, joined).map((halves) => halves.join("::"));
    const octet = fc.oneof(fc.nat(300).map(String), fc.constantFrom("", "00", "01", "010", "1e1"));
    const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((parts) => parts.join("."));
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), joined, spread, dotted, fc.string()), (text) => {
        expect(isAddress(text)).toBe(isIP(text) !== 0 && !text.includes("%"));
      }),
      { numRuns: 3000 },
    );
  });
});

// "valid IPv4/IPv6, no spaces"; X-Forwarded-For of App Events: the device's one.
describe.each([
  "198.51.100.7, 10.0.0.1",
  "198.51.100.7:443",
  "[2001:db8::1]",
  "fe80::1%eth0",
  "unknown",
  " 198.51.100.7",
])("an address that is none, %j,", (ip) => {
  const issue = expect.objectContaining({ severity: "warning", code: "wrong_value", path: "context.ip" });

  it("is left out, and named without being repeated", () => {
    const event = purchase({ context: { ...webContext, ip } });
    for (const { body, issues } of [toConversion(event), toTikTokEvent(event)]) {
      expect(body).toBeDefined();
      expect(JSON.stringify(body)).not.toContain(ip);
      expect(issues).toContainEqual(issue);
      expect(JSON.stringify(issues)).not.toContain(ip);
    }
  });

  it("is no address of a device", () => {
    const { body, issues } = toAppEvents(purchase({ context: { ...appContext, ip } }));
    expect(body).toBeUndefined();
    expect(issues).toContainEqual(expect.objectContaining({ severity: "error", path: "context.ip" }));
  });

  it("is nothing by which Meta knows somebody", () => {
    const { body } = toConversion(purchase({ user: { gender: "f" }, context: { source: "store", ip } }));
    expect(body).toBeUndefined();
  });
});

// "full URL with query"; "must match verified domain".
describe("the address of a page", () => {
  const issuesOf = (url: string) => {
    const event = purchase({ context: { ...webContext, page: { url } } });
    return [toConversion(event), toTikTokEvent(event)].map(({ issues }) => issues);
  };
  const issue = expect.objectContaining({ severity: "warning", code: "wrong_value", path: "context.page.url" });

  it.each(["/thanks?order=7", "shop.example/thanks", "//shop.example", "https:///thanks", "about:blank"])(
    "%s is not whole, which is named without being repeated",
    (url) => {
      for (const issues of issuesOf(url)) {
        expect(issues).toEqual([issue]);
        expect(JSON.stringify(issues)).not.toContain(url);
      }
    },
  );

  it.each(["https://shop.example", "HTTP://localhost:3000/?a=1#b", "https://münchen.example/"])(
    "%s is whole",
    (url) => {
      expect(issuesOf(url)).toEqual([[], []]);
    },
  );
});
