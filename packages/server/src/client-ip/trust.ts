import { BeaconryError } from "@beaconry/core";
import ipaddr from "ipaddr.js";
import { type Address, parseAddress } from "./address.js";

/**
 * Which proxies to believe, in the forms of Express' `trust proxy`
 * (https://expressjs.com/en/guide/behind-proxies.html):
 * - addresses, CIDR ranges and the names `loopback`, `linklocal`, `uniquelocal`, as a list or as one text with commas;
 * - a number: how many hops in front of this server are yours; 0 is none;
 * - `true`: every hop. The leftmost address counts, which is anybody's claim unless your proxy removes what came in;
 * - `false`: none;
 * - a function of an address and its distance (0 is the socket's own). It is asked about addresses only, not about junk.
 */
export type TrustProxy = boolean | number | string | readonly string[] | ((address: string, hop: number) => boolean);

/** Whether to believe what this hop says of the one before it. `undefined` is a hop without an address. */
export type Trusts = (address: Address | undefined, hop: number) => boolean;

/** As proxy-addr names them, which Express uses. */
const namedRanges: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.1/8", "::1/128"],
  linklocal: ["169.254.0.0/16", "fe80::/10"],
  uniquelocal: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
};

/** Turns the option into a test of one hop. Throws `invalid_option` for what is no address, range or name. */
export function compileTrust(trust: TrustProxy): Trusts {
  if (typeof trust === "boolean") return () => trust;
  if (typeof trust === "number") return (_, hop) => hop < trust;
  if (typeof trust === "function") return (address, hop) => address !== undefined && trust(address.toString(), hop);
  const entries = typeof trust === "string" ? trust.split(",").map((entry) => entry.trim()) : trust;
  const ranges = entries
    .flatMap((entry) => (Object.hasOwn(namedRanges, entry) ? namedRanges[entry] : undefined) ?? [entry])
    .map(parseRange);
  return (address) =>
    address !== undefined && ranges.some(([base, bits]) => base.kind() === address.kind() && address.match(base, bits));
}

function parseRange(entry: string): [Address, number] {
  const [, text = "", suffix] = /^([^/]*)(?:\/(.*))?$/s.exec(entry) ?? [];
  const base = parseAddress(text);
  const bits = base && bitsOf(text, base, suffix);
  if (base === undefined || bits === undefined) {
    const accepted = "addresses, CIDR ranges, loopback, linklocal, uniquelocal";
    throw new BeaconryError("invalid_option", `createTracker: trustProxy has an entry that is none of: ${accepted}`);
  }
  return [base, bits];
}

/** The length of a range's prefix; `undefined` for one that the address can not have. */
function bitsOf(text: string, base: Address, suffix: string | undefined): number | undefined {
  const most = base.kind() === "ipv4" ? 32 : 128;
  if (suffix === undefined) return most;
  if (!/^\d{1,3}$/.test(suffix)) return most === 32 ? maskBits(suffix) : undefined;
  // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
  const bits = Number(suffix) - (most === 32 && text.includes(":") ? 96 : 0);
  // As Express has it: a range of everything is `true`, and must be written so.
  return bits >= 1 && bits <= most ? bits : undefined;
}

/** `255.255.0.0` is 16. */
function maskBits(mask: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(mask)) return undefined;
  return ipaddr.IPv4.parse(mask).prefixLengthFromSubnetMask() ?? undefined;
}
