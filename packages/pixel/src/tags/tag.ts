import type { DataUseRegion, MatchKeys, TrackedEvent, Vendor, VendorKeys } from "@beaconry/core";

/** A vendor's script on the page. */
export interface Tag {
  readonly vendor: Vendor;
  track(event: Pick<TrackedEvent, "id" | "name" | "properties">): void;
  /** The person is known, or known better. */
  identify(keys: MatchKeys): void;
  /** The person has changed their mind: nothing more may be sent. */
  revoke(): void;
  /** And changed it back. */
  grant(): void;
  /** Whether the script is there: until then what the tag took has only been put by. */
  hasLoaded(): boolean;
}

/** What a tag is started with, beside its own options. */
export interface TagStart {
  window: Window;
  keys: MatchKeys | undefined;
  limitedDataUse: DataUseRegion | undefined;
  now(): number;
  /** The script could not be loaded: what the tag took was never sent. */
  onFail(): void;
}

/** Tags take one text for each key, where the server takes several. */
export function firstValue(keys: VendorKeys | undefined, name: string): string | undefined {
  const value = keys?.[name];
  return typeof value === "string" ? value : value?.[0];
}
