import type { App } from "../context.js";
import type { Device } from "../device.js";

type Slot = (device: Device, app: App | undefined) => string | number | undefined;

/** The 16 slots in order. "Conversions API for App Events", extended device information. */
const slots: readonly Slot[] = [
  ({ platform }) => (platform === "ios" ? "i2" : "a2"),
  (_, app) => app?.id,
  (_, app) => app?.build,
  (_, app) => app?.version,
  ({ osVersion }) => osVersion,
  ({ model }) => model,
  ({ locale }) => locale?.replace("-", "_"),
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
  return slots.map((slot) => String(slot(device, app) ?? ""));
}
