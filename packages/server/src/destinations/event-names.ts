import type { Issue } from "@beaconry/core";

/** Meta App Events: distinct event names an app may have; events of other names are refused. App Events API guide. */
export const maxEventNames = 1_000;
/** From here on every new name is reported. */
const warnFrom = 900;

/** Puts names to those that other processes know of; gives all, or 1,000 of them. */
export type ShareNames = (names: readonly string[]) => Promise<readonly string[]>;

/** The distinct event names that an app has used, as far as this process has heard of them. */
export interface EventNames {
  /**
   * Counts the name. What is wrong with it: a warning for a new name when there are 900 or more, an error when there are
   * 1,000, which is all that Meta takes.
   */
  use(name: string): readonly Issue[];
  /**
   * From now on the names are those of all processes. A new name is used before the others are heard: when they had
   * 1,000 without it, it is an error from the next time on.
   */
  follow(share: ShareNames): void;
}

/**
 * Holds at most 1,000 names.
 * @param tell is told once at 900 and once at 1,000
 */
export function createEventNames(tell: (detail: string) => void): EventNames {
  let names = new Set<string>();
  let share: ShareNames | undefined;
  const unshared = new Set<string>();
  let exchanging = false;

  const usedSoFar = () => `this app has used ${names.size} of the ${maxEventNames} event names that Meta takes`;

  function know(known: Set<string>): void {
    const before = names.size;
    names = known;
    const passes = (mark: number) => before < mark && known.size >= mark;
    if (passes(warnFrom) || passes(maxEventNames)) tell(usedSoFar());
  }

  /** Names that come up meanwhile go together; after a failure they go with the next new one. */
  async function exchange(): Promise<void> {
    if (!share || exchanging) return;
    exchanging = true;
    do {
      const sent = [...unshared];
      const all = await share(sent).catch(() => undefined);
      if (!all) break;
      for (const name of sent) unshared.delete(name);
      know(new Set(all.length >= maxEventNames ? all : [...all, ...unshared]));
    } while (unshared.size > 0);
    exchanging = false;
  }

  return {
    use(name) {
      if (names.has(name)) return [];
      if (names.size >= maxEventNames) {
        return [
          issue(
            "error",
            `this app has used ${maxEventNames} event names, which is all that Meta takes: this one is new`,
          ),
        ];
      }
      know(new Set(names).add(name));
      unshared.add(name);
      void exchange();
      return names.size < warnFrom ? [] : [issue("warning", usedSoFar())];
    },
    follow(shareNames) {
      share = shareNames;
      void exchange();
    },
  };
}

function issue(severity: Issue["severity"], message: string): Issue {
  return { severity, code: "bad_name", path: "name", message };
}
