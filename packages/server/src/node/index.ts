export { type CollectHandler, collectHandler } from "./collect-handler.js";
export { type FromNodeRequestOptions, fromNodeRequest } from "./from-node-request.js";
export { type NodeRequest, type ParsedBody, toRequest } from "./to-request.js";
export { type NodeResponse, writeResponse } from "./write-response.js";
