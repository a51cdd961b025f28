/** What the pixel keeps in the browser, as JSON under names of its own. Where storage is denied it keeps nothing. */
export interface PixelStorage {
  read(name: string): unknown;
  write(name: string, value: unknown): void;
  /** Removes all that any Beaconry pixel has kept on this site. */
  erase(): void;
}

const prefix = "beaconry.";

/** On `localStorage`, whose very getter throws where a browser denies it. */
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
    write: (name, value) => attempt((storage) => storage.setItem(prefix + name, JSON.stringify(value))),
    erase: () =>
      attempt((storage) => {
        const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
        for (const name of names) if (name?.startsWith(prefix)) storage.removeItem(name);
      }),
  };
}
