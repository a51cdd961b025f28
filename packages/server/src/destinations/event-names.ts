import type { Issue } from "@beaconry/core";

/** Meta App Events: distinct event names an app may have; events of other names are refused. App Events API guide. */
const most = 1_000;
/** From here on every new name is reported. */
const warnFrom = 900;

/** The distinct event names that an app has used, as far as this process has seen them. */
export interface EventNames {
  /**
   * Counts the name. What is wrong with it: a warning for a new name when there are 900 or more, an error when there are
   * 1,000, which is all that Meta takes.
   */
  use(name: string): readonly Issue[];
}

/**
 * Holds at most 1,000 names.
 * @param tell is told once at 900 and once at 1,000
 */
export function createEventNames(tell: (detail: string) => void): EventNames {
  const names = new Set<string>();
  return {
    use(name) {
      if (names.has(name)) return [];
      if (names.size >= most) {
        return [issue("error", `this app has used ${most} event names, which is all that Meta takes: this one is new`)];
      }
      names.add(name);
      if (names.size < warnFrom) return [];
      const message = `this app has used ${names.size} of the ${most} event names that Meta takes`;
      if (names.size === warnFrom || names.size === most) tell(message);
      return [issue("warning", message)];
    },
  };
}

function issue(severity: Issue["severity"], message: string): Issue {
  return { severity, code: "bad_name", path: "name", message };
}
