import type { App } from "../context.js";
import { type Device, localeName } from "../device.js";

type Slot = (device: Partial<Device>, app: Partial<App>) => unknown;

/** The format's version; an operating system that is neither has none. */
const versions: ReadonlyMap<unknown, string> = new Map([
  ["android", "a2"],
  ["ios", "i2"],
]);

/**
 * The 16 slots in order. "Conversions API for App Events", extended device information. Its "short" and "long version"
 * are the build and the marketing version in both of Meta's SDKs.
 */
const slots: readonly Slot[] = [
  ({ platform }) => versions.get(platform),
  (_, app) => app.id,
  (_, app) => app.build,
  (_, app) => app.version,
  ({ osVersion }) => osVersion,
  ({ model }) => model,
  ({ locale }) => localeName(locale) ?? locale,
  ({ timezoneAbbreviation }) => timezoneAbbreviation,
  ({ carrier }) => carrier,
  ({ screenWidth }) => screenWidth,
  ({ screenHeight }) => screenHeight,
  ({ screenDensity }) => screenDensity,
  ({ cpuCores }) => cpuCores,
  ({ storage }) => storage,
  ({ freeStorage }) => freeStorage,
  ({ timezone }) => timezone,
];

/** Meta's extended device information: always 16 texts in Meta's order, `""` for what is not known. */
export function toExtinfo(device: Device, app?: App): string[] {
  return slots.map((slot) => toText(slot(device ?? {}, app ?? {})));
}

function toText(value: unknown): string {
  return typeof value === "string" || Number.isFinite(value) ? String(value) : "";
}
