import type { FromRequestOptions } from "../from-request.js";
import type { RequestTracker, Tracker } from "../tracker.js";
import { headOf, type NodeRequest, urlOf } from "./node-request.js";

/** As for `tracker.fromRequest`; the address is the socket's unless another is given. */
export type FromNodeRequestOptions = FromRequestOptions;

/**
 * `tracker.fromRequest` for a request of `node:http`, Express, or `request.raw` of Fastify. The body stays as it is.
 * Where the client's `Host` or path make no address, `http://localhost/` stands for it.
 */
export function fromNodeRequest(
  tracker: Pick<Tracker, "fromRequest">,
  request: NodeRequest,
  options: FromNodeRequestOptions = {},
): RequestTracker {
  const { remoteAddress } = request.socket;
  return tracker.fromRequest(headOf(request, urlOf(request) ?? "http://localhost/"), { remoteAddress, ...options });
}
