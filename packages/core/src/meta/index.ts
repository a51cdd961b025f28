export type { AppEventParameters } from "./app-event-parameters.js";
export { type AppEvent, toAppEvents } from "./app-events.js";
export { type Conversion, toConversion } from "./conversion.js";
export { toExtinfo } from "./extinfo.js";
export { type FbqCall, toFbqCall } from "./fbq-call.js";
