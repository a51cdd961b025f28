import type { IncomingMessage } from "node:http";
import type { Answer } from "../http-call.js";
import { refusal } from "./refusal.js";

/** What this machine calls itself; any other name may be a stranger's that points here (DNS rebinding). */
const ownHost = /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/;

/**
 * Refuses what a page of another site may have sent: the developer's browser shows such pages, and they can reach this
 * port. Clients that are no browsers send neither `Origin` nor `Sec-Fetch-Site`, and are let in.
 */
export function refuseForeign({ method, headers }: Pick<IncomingMessage, "method" | "headers">): Answer | undefined {
  const host = headers.host?.toLowerCase() ?? "";
  if (!ownHost.test(host)) return refuse("its Host is not 127.0.0.1 or localhost");
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return refuse("it comes from a page of another origin");
  const site = headers["sec-fetch-site"];
  const isOwn = site === undefined || site === "same-origin" || site === "none";
  // A link from elsewhere may be followed: whoever put it there sees nothing of what it shows.
  const isLink = method === "GET" && headers["sec-fetch-dest"] === "document";
  return isOwn || isLink ? undefined : refuse("it comes from a page of another origin");
}

function refuse(why: string): Answer {
  return refusal(403, "foreign", `the request is refused, since ${why}`);
}
