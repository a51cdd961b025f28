import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import proxyAddr from "proxy-addr";
import { describe, expect, it } from "vitest";
import { isPublic, parseAddress, readAddress } from "../src/client-ip/address.js";
import { readForwarded } from "../src/client-ip/forwarded.js";
import { compileTrust, type TrustProxy } from "../src/client-ip/trust.js";
import { clientIp } from "../src/client-ip.js";
import { createTracker, isBeaconryError, metaConversions, type TrackerOptions } from "../src/index.js";

const ip = (remote: string | undefined, header: string | null, trust: TrustProxy, name?: string) =>
  clientIp(remote, header, compileTrust(trust), name)?.toString();
const plainAddress = (text: string) => readAddress(text)?.toString();

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
    ["a list as one text", "10.0.0.1", "198.51.100.7, 127.0.0.1", "loopback, 10.0.0.0/8", "198.51.100.7"],
    ["a range with a mask", "10.0.0.1", "198.51.100.7", ["10.0.0.0/255.0.0.0"], "198.51.100.7"],
    ["true: every hop, up to the leftmost", "203.0.113.9", "198.51.100.7, 192.0.2.1", true, "198.51.100.7"],
    ["false: none", "127.0.0.1", "198.51.100.7", false, "127.0.0.1"],
    ["no hops", "127.0.0.1", "198.51.100.7", 0, "127.0.0.1"],
    ["more hops than there are", "203.0.113.9", "198.51.100.7", 9, "198.51.100.7"],
    ["no socket, but a proxy that is known to be there", undefined, "6.6.6.6, 198.51.100.7", 1, "198.51.100.7"],
    ["no socket, and no address to trust", undefined, "198.51.100.7", () => true, undefined],
    ["empty entries say nothing", "127.0.0.1", "198.51.100.7, ,", ["loopback"], "198.51.100.7"],
    ["a zone, brackets and a port", "::1", "[fe80::1%eth0]:443", ["loopback"], "fe80::1"],
    [
      "a proxy's entry with a port",
      "127.0.0.1",
      "198.51.100.7, 10.0.0.1:8080",
      ["loopback", "10.0.0.1"],
      "198.51.100.7",
    ],
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

  it("asks a function about addresses only, with their distance", () => {
    const asked: unknown[] = [];
    const trusts = (address: string, hop: number) => asked.push([address, hop]) > 0;
    expect(ip("::ffff:127.0.0.1", "198.51.100.7, <script>, 10.0.0.2:80", trusts)).toBeUndefined();
    expect(asked).toEqual([
      ["127.0.0.1", 0],
      ["10.0.0.2", 1],
    ]);
  });

  it.each([
    [["loopbak"]],
    [["10.0.0.0/99"]],
    [["10.0.0.0/0"]],
    [["::/129"]],
    [["10.0.0.0/255.0.255.0"]],
    [["fe80::/10/2"]],
    ["loopback,"],
    [["127.1"]],
    [["__proto__"]],
  ])("refuses %j as trustProxy", (trust) => expect(() => compileTrust(trust)).toThrow(/trustProxy/));

  it("is as fast on junk as on anything", () => {
    for (const junk of ["[", ":", "%", '"', "\\", ",", ";", "=", "1.", "for=", " "]) {
      const started = performance.now();
      for (const name of ["x-forwarded-for", "forwarded", "cf-connecting-ip"])
        ip("127.0.0.1", junk.repeat(1_000_000 / junk.length), true, name);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

describe("clientIp is what proxy-addr says", () => {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => !text.includes(".")),
    fc.constantFrom(
      "127.0.0.1",
      "10.0.0.1",
      "10.255.0.9",
      "192.168.1.1",
      "172.31.9.9",
      "169.254.7.7",
      "::1",
      "fe80::1",
      "fc00::9",
    ),
    fc.ipV4().map((text) => `::ffff:${text}`),
  );
  const range = fc.oneof(
    fc.constantFrom("loopback", "linklocal", "uniquelocal", "10.0.0.0/255.0.0.0", "::ffff:10.0.0.0/104", "2000::/3"),
    address,
    fc.tuple(fc.ipV4(), fc.integer({ min: 1, max: 32 })).map(([base, bits]) => `${base}/${bits}`),
    fc
      .tuple(fc.ipV6(), fc.integer({ min: 1, max: 128 }))
      .filter(([base]) => !base.includes("."))
      .map(([base, bits]) => `${base}/${bits}`),
  );
  // Express makes its own function of a boolean and a number (express/lib/utils.js, compileTrust), and splits a text.
  const trust = fc.oneof(
    fc
      .array(range, { minLength: 1, maxLength: 4 })
      .map((list): [TrustProxy, Parameters<typeof proxyAddr>[1]] => [list, list]),
    fc
      .array(range, { minLength: 1, maxLength: 4 })
      .map((list): [TrustProxy, Parameters<typeof proxyAddr>[1]] => [list.join(", "), list]),
    fc.nat(5).map((hops): [TrustProxy, Parameters<typeof proxyAddr>[1]] => [hops, (_, hop) => hop < hops]),
    fc.boolean().map((all): [TrustProxy, Parameters<typeof proxyAddr>[1]] => [all, () => all]),
  );
  const expected = (remoteAddress: string, header: string, trusted: Parameters<typeof proxyAddr>[1]) => {
    const request = { headers: { "x-forwarded-for": header }, socket: { remoteAddress } };
    return plainAddress(proxyAddr(request as unknown as IncomingMessage, trusted));
  };

  it("for every chain of addresses", () => {
    fc.assert(
      fc.property(address, fc.array(address, { maxLength: 8 }), trust, (remote, chain, [ours, theirs]) => {
        const header = chain.join(", ");
        expect(ip(remote, header, ours)).toBe(expected(remote, header, theirs));
      }),
      { numRuns: 2_000 },
    );
  });

  it("for chains with junk and empty entries in them", () => {
    const entry = fc.oneof(
      { weight: 3, arbitrary: address },
      { weight: 1, arbitrary: fc.constantFrom("", " ", "unknown", "_x", "<b>", "a b") },
    );
    fc.assert(
      fc.property(address, fc.array(entry, { maxLength: 8 }), trust, (remote, chain, [ours, theirs]) => {
        const header = chain.join(",");
        expect(ip(remote, header, ours)).toBe(expected(remote, header, theirs));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("clientIp by Forwarded (RFC 7239)", () => {
  it.each<[string, string, string | undefined]>([
    // The examples of sections 4 and 7.1.
    ["a hidden name", 'for="_gazonk"', undefined],
    ["IPv6 with a port", 'For="[2001:db8:cafe::17]:4711"', "2001:db8:cafe::17"],
    ["other parameters", "for=192.0.2.60;proto=http;by=203.0.113.43", "192.0.2.60"],
    ["two elements", "for=192.0.2.43, for=198.51.100.17", "198.51.100.17"],
    ["IPv6 without a port", 'for=192.0.2.43, for="[2001:db8:cafe::17]"', "2001:db8:cafe::17"],
    ["unknown", "for=192.0.2.43, for=unknown", undefined],
    // Section 6: a node may have a port, or a name in its place.
    ["a hidden port", 'for="192.0.2.43:_port"', "192.0.2.43"],
    ["a port", 'for="192.0.2.43:47011"', "192.0.2.43"],
    ["a port out of quotes, which is common", "for=192.0.2.43:47011", "192.0.2.43"],
    ["escapes", 'for="192.0.2\\.43"', "192.0.2.43"],
    ["a comma in quotes", 'for=192.0.2.43;host="a,for=6.6.6.6"', "192.0.2.43"],
    ["empty elements", "for=192.0.2.43, ,", "192.0.2.43"],
    ["an element that does not say for whom", "for=192.0.2.43, proto=https", undefined],
    ["a parameter twice", "for=192.0.2.43;for=6.6.6.6", undefined],
    ["what is no list of parameters", "192.0.2.43", undefined],
    ["a quote that a stranger left open", 'for=6.6.6.6;host=", for=192.0.2.43', undefined],
    [
      "a quote that a stranger left open for the proxy's own to close",
      'for=6.6.6.6;x=", for="[2001:db8::1]"',
      undefined,
    ],
    ["nothing", "", "127.0.0.1"],
    ["more than is read", `${"for=6.6.6.6,".repeat(2_000)}for=192.0.2.43`, undefined],
  ])("%s", (_, header, expected) => expect(ip("127.0.0.1", header, ["loopback"], "forwarded")).toBe(expected));

  it("reads as far as hops are trusted, and no claim of a stranger", () => {
    const header = 'for=6.6.6.6, for=192.0.2.43;proto=https, for="10.0.0.2:80"';
    expect(ip("127.0.0.1", header, ["loopback", "10.0.0.0/8"], "forwarded")).toBe("192.0.2.43");
    expect(ip("203.0.113.9", header, ["loopback"], "forwarded")).toBe("203.0.113.9");
  });

  it("gives the parameters back, however they are written", () => {
    const token = fc.stringMatching(/^[\w.:-]{1,12}$/);
    const element = fc.tuple(token, fc.constantFrom("http", "https"), fc.boolean());
    fc.assert(
      fc.property(fc.array(element, { minLength: 1, maxLength: 6 }), (elements) => {
        const header = elements
          .map(
            ([node, proto, isQuoted]) =>
              `For=${isQuoted ? `"${node.replace(/./g, "\\$&")}"` : node} ; PROTO=${proto.toUpperCase()}`,
          )
          .join(" , ");
        expect(readForwarded(header)).toEqual(elements.map(([node, proto]) => ({ for: node, proto })));
      }),
    );
  });

  it("never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'for=;, "\\[]:1a') }), (header) => {
        expect(ip("203.0.113.9", header, ["loopback"], "forwarded")).toBe("203.0.113.9");
        ip("127.0.0.1", header, true, "forwarded");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("clientIp by a header with one address", () => {
  it.each<[string, string | undefined, string | null, TrustProxy, string | undefined]>([
    ["a CDN that is trusted", "173.245.48.1", "198.51.100.7", ["173.245.48.0/20"], "198.51.100.7"],
    ["IPv6", "173.245.48.1", "2001:db8::7", ["173.245.48.0/20"], "2001:db8::7"],
    ["a stranger who sends it too", "203.0.113.9", "198.51.100.7", ["173.245.48.0/20"], "203.0.113.9"],
    ["no address: the CDN's own is not the client's", "173.245.48.1", null, ["173.245.48.0/20"], undefined],
    ["junk", "173.245.48.1", "unknown", ["173.245.48.0/20"], undefined],
    [
      "sent twice: one of them is a stranger's",
      "173.245.48.1",
      "6.6.6.6, 198.51.100.7",
      ["173.245.48.0/20"],
      undefined,
    ],
  ])("%s", (_, remote, header, trust, expected) =>
    expect(ip(remote, header, trust, "cf-connecting-ip")).toBe(expected),
  );
});

describe("the options", () => {
  const create = (options: object) =>
    createTracker({
      destinations: [metaConversions({ datasetId: "1", accessToken: "t" })],
      ...options,
    } as TrackerOptions);

  it.each([true, false, 0, 2, "loopback, 10.0.0.0/8", ["uniquelocal"], () => true])(
    "take trustProxy: %s",
    async (trustProxy) => {
      await create({ trustProxy }).close();
    },
  );

  it.each<[object, string]>([
    [{ trustProxy: -1 }, "trustProxy"],
    [{ trustProxy: 1.5 }, "trustProxy"],
    [{ trustProxy: "" }, "trustProxy"],
    [{ trustProxy: "nowhere" }, "trustProxy"],
    [{ trustProxy: {} }, "trustProxy"],
    [{ clientIpHeader: "x real ip" }, "clientIpHeader"],
    [{ clientIpHeader: "" }, "clientIpHeader"],
  ])("refuse %j and name %s", (options, name) => {
    try {
      create(options);
      expect.unreachable();
    } catch (error) {
      expect(isBeaconryError(error) && error.code).toBe("invalid_option");
      expect((error as Error).message).toContain(name);
    }
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
  ])("%s: %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && isPublic(address)).toBe(expected);
  });
});

it("readAddress takes no short or odd forms of IPv4", () => {
  for (const odd of ["1", "0x7f.1", "127.1", "1.2.3.4.5", "256.1.1.1", "1.2.3.4:"])
    expect(plainAddress(odd)).toBeUndefined();
});

it.each([
  ["198.51.100.7:443", "198.51.100.7"],
  [" 198.51.100.7 ", "198.51.100.7"],
  ["[2001:DB8::1]", "2001:db8::1"],
  ["[2001:db8::1]:443", "2001:db8::1"],
  ["[2001:db8::1]:_hidden", "2001:db8::1"],
  ["2001:db8::1%25eth0", "2001:db8::1"],
  ["::ffff:198.51.100.7", "198.51.100.7"],
  ["::ffff:c633:6407", "198.51.100.7"],
  ["[::ffff:198.51.100.7]:1", "198.51.100.7"],
  ["[198.51.100.7", undefined],
  ["[2001:db8::1]x", undefined],
  ["2001:db8::1]:443", undefined],
  ["198.51.100.7:443:1", undefined],
  ["1.2.3.4\n", "1.2.3.4"],
  [`${"0:".repeat(100)}1`, undefined],
])("readAddress(%j) is %s", (text, expected) => expect(plainAddress(text)).toBe(expected));
