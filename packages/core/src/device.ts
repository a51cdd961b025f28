/** What is known of the device on which an app event happened. All optional but the platform and its version. */
export interface Device {
  platform: "android" | "ios";
  /** Version of the operating system, such as `13.4.1`. */
  osVersion: string;
  /** IDFA or Google advertising id, as the system gives it. Never hashed; left out when tracking is not allowed. */
  advertisingId?: string;
  /** Apple's identifier for vendor (IDFV). */
  vendorId?: string;
  /** An id of this installation that you made, kept until the app is removed. */
  anonId?: string;
  /** Meta's mobile cookie: Android, and iOS before 6. */
  attribution?: string;
  /** Such as `iPhone5,1`. */
  model?: string;
  /** Such as `en_US`. */
  locale?: string;
  /** Abbreviation, such as `PDT` or `GMT+01:00`. */
  timezoneAbbreviation?: string;
  /** IANA name, such as `Europe/Paris`. */
  timezone?: string;
  carrier?: string;
  /** Pixels. */
  screenWidth?: number;
  /** Pixels. */
  screenHeight?: number;
  /** Device pixels to a logical one, such as `2`. */
  screenDensity?: number;
  cpuCores?: number;
  /** Gigabytes. */
  storage?: number;
  /** Gigabytes. */
  freeStorage?: number;
}
