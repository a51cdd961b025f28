import { resolve } from "node:path";
import { usageError } from "../exit-codes.js";

/** Where an outbox is. */
export interface OutboxAddress {
  /** `sqlite`, `postgres`, `nats` and so on. */
  readonly scheme: string;
  /** What the engine is given: an absolute path, or the whole address. */
  readonly location: string;
  /** As it may be shown: without what proves who one is. */
  readonly shown: string;
}

/** Reads `beaconry.db`, `sqlite:beaconry.db`, `postgres://…`. Throws a usage error that repeats nothing of it. */
export function readAddress(text: string): OutboxAddress {
  // A single letter is a drive, not a scheme.
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return file(text);
  if (scheme === "sqlite") return file(text.slice("sqlite:".length));
  return { scheme, location: text, shown: splitAddresses(text).map(withoutSecrets).join() };
}

/** The addresses of the servers of a cluster: `nats://a:4222,nats://b:4222`. */
export function splitAddresses(text: string): string[] {
  return text.split(/,(?=[a-z]+:\/\/)/i);
}

function file(path: string): OutboxAddress {
  if (path === "") throw usageError("sqlite: names no file");
  return { scheme: "sqlite", location: resolve(path), shown: path };
}

/** In NATS' addresses the user's name alone may be a token. */
function withoutSecrets(address: string): string {
  const url = URL.parse(address);
  // An @ behind the host is a password's that has a slash in it.
  if (!url || url.pathname.includes("@")) {
    throw usageError("the outbox is no address: signs in its password may have to be percent-encoded");
  }
  const isNamed = url.username !== "" || url.password !== "";
  url.username = url.password = url.search = url.hash = "";
  return isNamed ? url.href.replace("://", "://…@") : url.href;
}
