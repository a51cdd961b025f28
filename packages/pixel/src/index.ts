export type {
  Consent,
  EventName,
  Issue,
  PropertiesOf,
  TrackArguments,
  UserData,
  Vendor,
} from "@beaconry/core";
export { BeaconryError, isBeaconryError } from "@beaconry/core/page";
export { type BeforeSend, type PixelEvent, sample } from "./before-send.js";
export { createPixel } from "./create-pixel.js";
export type { BatchOptions, MetaTagOptions, PixelOptions, TagOptions, TikTokTagOptions } from "./options.js";
export type { ConsentOptions, FlushResult, Pixel, TrackOptions } from "./pixel.js";
export type { Dropped, DropReason, PixelEvents, ReportedIssue } from "./pixel-events.js";
