import { type Address, readAddress } from "./client-ip/address.js";
import { readForwarded } from "./client-ip/forwarded.js";
import type { Trusts } from "./client-ip/trust.js";

/** Only this much of the header's end is read: no honest chain is longer. */
const longestChain = 4_096;

/**
 * The address of the client, or `undefined` where it can not be known. The chain is read from the right, and only as
 * far as each hop is trusted, as Express does; what lies beyond is anybody's claim.
 * @param remoteAddress the socket's address; without it, trust by address reaches nothing
 * @param header the header's value
 * @param trusts see `compileTrust`
 * @param headerName in lower case: `x-forwarded-for`, `forwarded` (RFC 7239), or one that holds a single address, such
 * as `cf-connecting-ip`
 */
export function clientIp(
  remoteAddress: string | undefined,
  header: string | null | undefined,
  trusts: Trusts,
  headerName = "x-forwarded-for",
): Address | undefined {
  let address = readAddress(remoteAddress ?? "");
  const isSingle = headerName !== "x-forwarded-for" && headerName !== "forwarded";
  // The peer is the CDN then, and surely not the person, whatever its header says.
  if (isSingle) return trusts(address, 0) ? readAddress(header ?? "") : address;
  if (!header) return address;
  const claims = headerName === "forwarded" ? readNodes(header) : readChain(header);
  for (let hop = 0; claims.length > 0 && trusts(address, hop); hop++) {
    address = readAddress(claims.pop() ?? "");
  }
  return address;
}

function readChain(header: string): string[] {
  const claims = header.slice(-longestChain).split(",");
  // Where the cut went through an entry, what is left of it could be another address.
  if (header.length > longestChain) claims.shift();
  // Empty entries of a list say nothing (RFC 9110, section 5.6.1).
  return claims.filter((claim) => claim.trim() !== "");
}

/** A header that breaks the form is one claim, and junk. */
function readNodes(header: string): string[] {
  return readForwarded(header)?.map((element) => element.for ?? "") ?? [""];
}
