export { type CollectHandler, collectHandler } from "./collect-handler.js";
export { type FromNodeRequestOptions, fromNodeRequest } from "./from-node-request.js";
export { leadHandler } from "./lead-handler.js";
export type { ParsedBody } from "./node-body.js";
export type { NodeRequest } from "./node-request.js";
export { toRequest } from "./to-request.js";
export { type NodeResponse, writeResponse } from "./write-response.js";
