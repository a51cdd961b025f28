export type { AppEventParameters } from "./app-event-parameters.js";
export { type AppEvent, type AppEventsOptions, toAppEvents, toDeferredAppLink } from "./app-events.js";
export {
  type AdTouchpoint,
  type AppClaim,
  type AppEventsAnswer,
  type AppEventsResult,
  type DeferredAppLink,
  readAppEventsAnswer,
  readDeferredAppLink,
} from "./attribution.js";
export { type AppData, type Conversion, toConversion } from "./conversion.js";
export { toExtinfo } from "./extinfo.js";
export { type FbqCall, toFbqCall } from "./fbq-call.js";
