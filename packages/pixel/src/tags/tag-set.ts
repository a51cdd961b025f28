import type { DataUseRegion, MatchKeys, Vendor } from "@beaconry/core";
import type { Environment } from "../environment.js";
import type { TagOptions } from "../options.js";
import { startMeta } from "./meta.js";
import type { Tag, TagEvent, TagStart } from "./tag.js";
import { startTikTok } from "./tiktok.js";

/** The vendors' tags of this page. */
export interface TagSet {
  /** The person agreed: loads the tags, or lets them go on. */
  allow(keys: MatchKeys | undefined, limitedDataUse: DataUseRegion | undefined): void;
  /** The person refused: stops them. */
  refuse(): void;
  identify(keys: MatchKeys): void;
  /** The person is not the one for whom they were started: until the next page they get nothing more. */
  forget(): void;
  /** The vendors whose tag took the event. */
  track(event: TagEvent): readonly Vendor[];
}

/**
 * Loads nothing yet; see `allow`.
 * @param onFail told of a script that can not be loaded, or that threw: its tag takes no more events
 */
export function createTagSet(
  { meta, tiktok }: TagOptions,
  { window, now }: Pick<Environment, "window" | "now">,
  onFail: (message: string, error?: unknown) => void,
): TagSet {
  const tags = new Map<Vendor, Tag>();
  let started = false;
  let active = false;
  let startedLimited = false;
  let isOver = false;

  const attempt = (vendor: Vendor, use: () => unknown) => {
    try {
      return use();
    } catch (error) {
      fail(vendor, "threw", error);
      return undefined;
    }
  };
  const fail = (vendor: Vendor, what: string, error?: unknown) => {
    tags.delete(vendor);
    onFail(`the script of ${vendor} ${what}`, error);
  };
  const each = (use: (tag: Tag) => unknown) =>
    [...tags].filter(([vendor, tag]) => attempt(vendor, () => use(tag))).map(([vendor]) => vendor);

  function activate(granted: boolean): void {
    if (active !== granted) each((tag) => tag.consent(granted));
    active = granted;
  }

  return {
    allow(keys, limitedDataUse) {
      if (!started) {
        started = active = true;
        startedLimited = limitedDataUse !== undefined;
        const start = <Options>(vendor: Vendor, run: (options: Options, parts: TagStart) => Tag, options?: Options) => {
          const onFail = () => fail(vendor, "could not be loaded");
          const parts = { window, keys, limitedDataUse, now, onFail };
          if (options) attempt(vendor, () => tags.set(vendor, run(options, parts)));
        };
        start("meta", startMeta, meta);
        start("tiktok", startTikTok, tiktok);
      } else {
        // Both scripts take Limited Data Use only before they start: until the next page the collector alone, which
        // says so with every event, goes on.
        activate(!limitedDataUse || startedLimited);
      }
    },
    refuse: () => activate(false),
    identify: (keys) => {
      if (active && !isOver) each((tag) => tag.identify(keys));
    },
    forget() {
      isOver = started;
    },
    track: (event) => (active && !isOver ? each((tag) => tag.track(event)) : []),
  };
}
