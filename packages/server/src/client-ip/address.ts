import ipaddr from "ipaddr.js";

/** A parsed address, IPv4 not wrapped in IPv6. */
export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** The longest text in which an address is looked for: IPv6 in brackets with a zone and a port is shorter. */
const longestText = 128;

/**
 * The address alone, without port, brackets or zone, IPv4 not wrapped in IPv6; `undefined` for junk. A port may be a
 * number or, as RFC 7239 has it, a name that hides it (`_x`). IPv4 in other than four decimal parts is junk.
 */
export function readAddress(text: string): Address | undefined {
  if (text.length > longestText) return undefined;
  const trimmed = text.trim();
  const port = /:(?:\d{1,5}|_[\w.-]+)$/;
  const bare = trimmed.startsWith("[")
    ? /^\[([^\]]*)\]$/.exec(trimmed.replace(port, ""))?.[1]
    : trimmed.replace(/^([\d.]+):(?:\d{1,5}|_[\w.-]+)$/, "$1");
  return parseAddress(bare?.replace(/%.*$/, "") ?? "");
}

const fourParts = /^(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}$/;

/** The address in a text that has nothing beside it; `undefined` for junk. */
export function parseAddress(text: string): Address | undefined {
  if (!fourParts.test(text)) return ipaddr.IPv6.isValid(text) ? ipaddr.process(text) : undefined;
  const parts = text.split(".").map(Number);
  return parts.every((part) => part <= 255) ? new ipaddr.IPv4(parts) : undefined;
}

/** Whether an address is one of the public internet: the only kind that helps a vendor. */
export function isPublic(address: Address): boolean {
  return address.range() === "unicast";
}
