import { BeaconryError } from "@beaconry/core";
import ipaddr from "ipaddr.js";

/**
 * Which proxies to believe: addresses, CIDR ranges, the names `loopback`, `linklocal`, `uniquelocal`; or how many hops
 * in front of this server are yours; or a function of an address and its distance (0 is the socket's own).
 */
export type TrustProxy = readonly string[] | number | ((address: string, hop: number) => boolean);

type Address = ipaddr.IPv4 | ipaddr.IPv6;

const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.1/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** Only this much of the header's end is read: no honest chain is longer. */
const longestChain = 4_096;

/** Turns the option into a test of one address. Throws `invalid_option` for what is no address, range or name. */
export function compileTrust(trust: TrustProxy): (address: string, hop: number) => boolean {
  if (typeof trust === "function") return trust;
  if (typeof trust === "number") return (_, hop) => hop < trust;
  const ranges = trust.flatMap((entry) => namedRanges[entry] ?? [entry]).map(parseRange);
  return (address) => {
    const parsed = parseAddress(address);
    return (
      parsed !== undefined && ranges.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits))
    );
  };
}

function parseRange(entry: string): [Address, number] {
  try {
    if (entry.includes("/")) return ipaddr.parseCIDR(entry);
    const address = ipaddr.process(entry);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  } catch (cause) {
    const accepted = "addresses, CIDR ranges, loopback, linklocal, uniquelocal";
    throw new BeaconryError("invalid_option", `trustProxy has an entry that is none of: ${accepted}`, { cause });
  }
}

/**
 * The address of the client, or `undefined` where it can not be known. `X-Forwarded-For` is read from the right, and
 * only as far as each hop is trusted; what lies beyond is anybody's claim.
 * @param remoteAddress the socket's address
 * @param forwardedFor the `X-Forwarded-For` header
 */
export function clientIp(
  remoteAddress: string | undefined,
  forwardedFor: string | null | undefined,
  trusts: (address: string, hop: number) => boolean,
): string | undefined {
  let address = remoteAddress === undefined ? undefined : plainAddress(remoteAddress);
  const claims = readChain(forwardedFor ?? "");
  for (let hop = 0; address !== undefined && claims.length > 0 && trusts(address, hop); hop++) {
    address = plainAddress(claims.pop() ?? "");
  }
  return address;
}

function readChain(header: string): string[] {
  const claims = header.slice(-longestChain).split(",");
  // Where the cut went through an entry, what is left of it could be another address.
  return header.length > longestChain ? claims.slice(1) : header === "" ? [] : claims;
}

/** Whether an address is one of the public internet: the only kind that helps a vendor. */
export function isPublic(address: string): boolean {
  return parseAddress(address)?.range() === "unicast";
}

/** The address alone: no port, brackets or zone, IPv4 not wrapped in IPv6; `undefined` for junk. */
export function plainAddress(text: string): string | undefined {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text.trim())?.[1] ?? text.trim().replace(/^([\d.]+):\d+$/, "$1");
  return parseAddress(bare.replace(/%.*$/, ""))?.toString();
}

function parseAddress(text: string): Address | undefined {
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
  return isAddress ? ipaddr.process(text) : undefined;
}
