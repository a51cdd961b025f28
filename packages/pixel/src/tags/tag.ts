import type { DataUseRegion, MatchKeys, TrackedEvent, VendorKeys } from "@beaconry/core";

/** An event as a tag takes it. */
export type TagEvent = Pick<TrackedEvent, "id" | "name" | "properties">;

/** A vendor's script on the page. */
export interface Tag {
  /** Whether it took the event. */
  track(event: TagEvent): boolean;
  /** The person is known, or known better. */
  identify(keys: MatchKeys): void;
  /** The person has changed their mind: nothing more may be sent, or again. */
  consent(granted: boolean): void;
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

/**
 * Tags take one text for each key, where the server takes several.
 * @param names of the keys that the tag takes, as it calls them. Default: all, as the server calls them
 */
export function firstValues(keys: VendorKeys = {}, names?: Readonly<Record<string, string>>): Record<string, string> {
  const values = Object.entries(keys).map(([key, value]) => [names ? names[key] : key, [value].flat()[0]]);
  return Object.fromEntries(values.filter(([name]) => name));
}
