export { type TikTokEvent, type TikTokSource, toTikTokEvent, toTikTokSource } from "./event.js";
export { type TtqCall, toTtqCall } from "./ttq-call.js";
