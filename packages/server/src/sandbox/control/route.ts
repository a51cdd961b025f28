import { isBeaconryError } from "@beaconry/core";
import { type Answer, type Call, decode, header, type Route } from "../http-call.js";
import { parseJson } from "../json.js";
import { refusal } from "./refusal.js";

/** Below it is the sandbox's own; no vendor has such a path. */
const PREFIX = "/_sandbox";

/** A call of the sandbox's own interface. */
export interface ControlCall extends Call {
  /** The body of a POST, read; undefined without one. */
  readonly json: unknown;
}

/** One address of the sandbox's own interface. */
export interface ControlRoute {
  readonly method: "GET" | "POST" | "DELETE";
  /** Matches the path below `/_sandbox`; what it captures comes decoded in `captured`. */
  readonly path: RegExp;
  readonly handle: (call: ControlCall) => Answer | Promise<Answer>;
}

/** The sandbox's own interface, for the page, the command line and other languages: JSON over HTTP below `/_sandbox`. */
export function controlRoute(routes: readonly ControlRoute[]): Route {
  return { pattern: /^\/_sandbox(?:\/.*)?$/, own: true, handle: (call) => dispatch(call, routes) };
}

async function dispatch(call: Call, routes: readonly ControlRoute[]): Promise<Answer> {
  const path = call.url.pathname.slice(PREFIX.length);
  const here = routes.filter((route) => route.path.test(path));
  if (here.length === 0) return refusal(404, "not_found", `there is nothing at ${PREFIX}${path}`);
  const method = call.method === "HEAD" ? "GET" : call.method;
  const route = here.find((one) => one.method === method);
  if (!route) {
    const allow = here.map((one) => one.method).join(", ");
    return refusal(405, "method_not_allowed", `${PREFIX}${path} takes ${allow}`, { allow });
  }
  const json = call.body === "" ? undefined : parseJson(call.body);
  if (call.body !== "" && !isJson(call)) {
    return refusal(415, "unsupported_type", "the body's content type must be application/json");
  }
  if (call.body !== "" && json === undefined) return refusal(400, "invalid_json", "the body is not JSON");
  const captured = (route.path.exec(path) ?? []).slice(1).map(decode);
  try {
    return await route.handle({ ...call, captured, json });
  } catch (error) {
    if (isBeaconryError(error)) return refusal(400, error.code, error.message);
    throw error;
  }
}

function isJson(call: Call): boolean {
  return /^application\/json\s*(;|$)/i.test(header(call, "content-type") ?? "");
}
