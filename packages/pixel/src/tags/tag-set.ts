import type { DataUseRegion, MatchKeys, TrackedEvent, Vendor } from "@beaconry/core";
import type { TagOptions } from "../options.js";
import { startMeta } from "./meta.js";
import type { Tag, TagStart } from "./tag.js";
import { startTikTok } from "./tiktok.js";

/** The vendors' tags of this page. */
export interface TagSet {
  /** The person agreed: loads the tags, or lets them go on. */
  allow(keys: MatchKeys | undefined, limitedDataUse: DataUseRegion | undefined): void;
  /** The person refused: stops them. */
  refuse(): void;
  identify(keys: MatchKeys): void;
  /** The vendors whose tag took the event. */
  track(event: Pick<TrackedEvent, "id" | "name" | "properties">): readonly Vendor[];
  /** Those of the vendors whose script has not failed to load, as far as is known now. */
  notFailed(vendors: readonly Vendor[]): readonly Vendor[];
  /** Those of the vendors whose script is there, so that they have sent what their tag took. */
  loaded(vendors: readonly Vendor[]): readonly Vendor[];
}

/**
 * Loads nothing yet; see `allow`.
 * @param onError takes what a vendor's script threw
 * @param onFail called when a script can not be loaded: what its tag took is not sent
 */
export function createTagSet(
  { meta, tiktok }: TagOptions,
  surroundings: Pick<TagStart, "window" | "now">,
  onError: (error: unknown) => void,
  onFail: () => void,
): TagSet {
  const failed = new Set<Vendor>();
  let tags: readonly Tag[] | undefined;
  let active = false;
  let loadedLimited = false;

  const attempt = <Result>(vendor: Vendor, use: () => Result): Result | undefined => {
    try {
      return use();
    } catch (error) {
      failed.add(vendor);
      onError(error);
      return undefined;
    }
  };
  const each = (use: (tag: Tag) => void) =>
    (tags ?? []).filter((tag) => attempt(tag.vendor, () => [use(tag)])).map(({ vendor }) => vendor);

  function stop(): void {
    if (active) each((tag) => tag.revoke());
    active = false;
  }

  return {
    allow(keys, limitedDataUse) {
      if (!tags) {
        const start = (vendor: Vendor) => ({
          ...surroundings,
          keys,
          limitedDataUse,
          onFail() {
            failed.add(vendor);
            onFail();
          },
        });
        tags = [
          meta && attempt("meta", () => startMeta(meta, start("meta"))),
          tiktok && attempt("tiktok", () => startTikTok(tiktok, start("tiktok"))),
        ].filter((tag) => tag !== undefined);
        loadedLimited = limitedDataUse !== undefined;
        active = true;
      } else if (limitedDataUse && !loadedLimited) {
        // Both scripts take Limited Data Use only before they start: until the next page the collector alone, which
        // says so with every event, goes on.
        stop();
      } else if (!active) {
        each((tag) => tag.grant());
        active = true;
      }
    },
    refuse: stop,
    identify: (keys) => {
      if (active) each((tag) => tag.identify(keys));
    },
    track: (event) => (active ? each((tag) => tag.track(event)) : []),
    notFailed: (vendors) => vendors.filter((vendor) => !failed.has(vendor)),
    loaded: (vendors) =>
      vendors.filter((vendor) => !failed.has(vendor) && tags?.some((tag) => tag.vendor === vendor && tag.hasLoaded())),
  };
}
