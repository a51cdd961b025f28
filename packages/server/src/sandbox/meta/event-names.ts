/** How many distinct event names an app may have. */
const MAX_NAMES = 1000;
/** How many apps are remembered; the first seen are forgotten first. */
const MAX_APPS = 1000;

/** The distinct event names each app has used. */
export class EventNames {
  readonly #apps = new Map<string, Set<string>>();

  /** Adds the names; adds none and returns false when that would exceed the limit. */
  add(appId: string, names: readonly string[]): boolean {
    const known = this.#apps.get(appId) ?? new Set<string>();
    const fresh = new Set(names.filter((name) => !known.has(name)));
    if (fresh.size > 0 && known.size + fresh.size > MAX_NAMES) return false;
    for (const name of fresh) known.add(name);
    this.#apps.set(appId, known);
    const [oldest] = this.#apps.keys();
    if (this.#apps.size > MAX_APPS && oldest !== undefined) this.#apps.delete(oldest);
    return true;
  }

  clear(): void {
    this.#apps.clear();
  }
}
