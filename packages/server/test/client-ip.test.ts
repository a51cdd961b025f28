import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientIp, compileTrust, isPublic, plainAddress, type TrustProxy } from "../src/client-ip.js";

const ip = (remote: string | undefined, header: string | null, trust: TrustProxy) =>
  clientIp(remote, header, compileTrust(trust));

describe("clientIp", () => {
  it.each<[string, string | undefined, string | null, TrustProxy, string | undefined]>([
    ["no proxy is trusted: the header is anybody's claim", "203.0.113.9", "1.2.3.4", [], "203.0.113.9"],
    ["one trusted proxy", "127.0.0.1", "198.51.100.7", ["loopback"], "198.51.100.7"],
    ["a spoofed entry in front changes nothing", "127.0.0.1", "6.6.6.6, 198.51.100.7", ["loopback"], "198.51.100.7"],
    ["two trusted proxies", "10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", ["10.0.0.0/8"], "198.51.100.7"],
    ["hops are counted", "203.0.113.9", "6.6.6.6, 198.51.100.7", 1, "198.51.100.7"],
    ["a function decides", "203.0.113.9", "198.51.100.7", (address) => address === "203.0.113.9", "198.51.100.7"],
    ["an IPv6 client", "::1", "2001:db8:85a3::8a2e:370:7334", ["loopback"], "2001:db8:85a3::8a2e:370:7334"],
    ["IPv4 wrapped in IPv6", "::ffff:127.0.0.1", "::ffff:198.51.100.7", ["loopback"], "198.51.100.7"],
    ["ports and brackets", "127.0.0.1", "[2001:db8::1]:443", ["loopback"], "2001:db8::1"],
    ["a port", "127.0.0.1", "198.51.100.7:51234", ["loopback"], "198.51.100.7"],
    ["a zone", "::1", "fe80::1%eth0", ["loopback"], "fe80::1"],
    ["junk is no address", "127.0.0.1", "unknown", ["loopback"], undefined],
    ["junk hides what is behind it", "127.0.0.1", "198.51.100.7, <script>", ["loopback"], undefined],
    ["an empty header", "127.0.0.1", "", ["loopback"], "127.0.0.1"],
    ["no socket address", undefined, "198.51.100.7", ["loopback"], undefined],
    ["private proxies by name", "192.168.1.2", "198.51.100.7, 172.16.0.1", ["uniquelocal"], "198.51.100.7"],
  ])("%s", (_, remote, header, trust, expected) => expect(ip(remote, header, trust)).toBe(expected));

  it("never gives what no trusted hop has said", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(ip("203.0.113.9", header, ["loopback"])).toBe("203.0.113.9");
      }),
    );
  });

  it("takes a chain of 10,000 entries without reading them all", () => {
    const chain = `${"6.6.6.6, ".repeat(10_000)}198.51.100.7`;
    expect(ip("127.0.0.1", chain, ["loopback"])).toBe("198.51.100.7");
  });

  it("takes no half of an address where the header is too long", () => {
    // Of the last 4,096 characters the first is the 9 of 198.51.100.7: what is left of it is an address as well.
    const hops = ",10.0.0.1".repeat(450);
    const header = `198.51.100.7${" ".repeat(4_096 - "98.51.100.7".length - hops.length)}${hops}`;
    expect(header.slice(-4_096)).toMatch(/^98\.51\.100\.7 /);
    expect(ip("127.0.0.1", header, ["loopback", "uniquelocal"])).toBe("10.0.0.1");
  });

  it("refuses an entry of trustProxy that is no address", () => {
    expect(() => compileTrust(["loopbak"])).toThrow(/trustProxy/);
    expect(() => compileTrust(["10.0.0.0/99"])).toThrow(/trustProxy/);
  });
});

describe("isPublic", () => {
  it.each([
    ["8.8.8.8", true],
    ["2a01:e0a:1b2:c3d0::7", true],
    ["10.1.2.3", false],
    ["127.0.0.1", false],
    ["100.64.0.1", false],
    ["169.254.1.1", false],
    ["::1", false],
    ["fd45:f238:3b40:23b1::1", false],
    ["fe80::1", false],
  ])("%s: %s", (address, expected) => expect(isPublic(address)).toBe(expected));
});

it("plainAddress takes no short or odd forms of IPv4", () => {
  for (const odd of ["1", "0x7f.1", "127.1", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:"])
    expect(plainAddress(odd)).toBeUndefined();
});
