/** What the pixel keeps in the browser, as JSON under names of its own. Where storage is denied it keeps nothing. */
export interface PixelStorage {
  read(name: string): unknown;
  /** Whether it is kept now. */
  write(name: string, value: unknown): boolean;
  remove(name: string): void;
  /** The names below this one. */
  names(below: string): string[];
}

/** Every name begins so. */
export const prefix = "beaconry.";

/** On `localStorage`, whose very getter throws where a browser denies it, and whose writing does when it is full. */
export function openStorage(window: Window): PixelStorage {
  const attempt = <Result>(use: (storage: Storage) => Result): Result | undefined => {
    try {
      return use(window.localStorage);
    } catch {
      return undefined;
    }
  };
  return {
    read: (name) => attempt((storage) => JSON.parse(storage.getItem(prefix + name) ?? "null")),
    write: (name, value) =>
      attempt((storage) => {
        storage.setItem(prefix + name, JSON.stringify(value));
        return true;
      }) ?? false,
    remove: (name) => attempt((storage) => storage.removeItem(prefix + name)),
    names: (below) =>
      attempt((storage) => Object.keys(storage))
        ?.filter((name) => name.startsWith(prefix + below))
        .map((name) => name.slice(prefix.length)) ?? [],
  };
}
