/** Combinations of keys that Meta refuses (2804050): an event needs a key outside each of these sets. */
const tooWeak: readonly (readonly string[])[] = [
  ["ct", "country", "st", "zp", "ge", "client_user_agent"],
  ["db", "client_user_agent"],
  ["fn", "ge"],
  ["ln", "ge"],
];

/** Whether these keys of `user_data` are too few to be taken. "Customer information parameters". */
export function isTooWeak(keys: readonly string[]): boolean {
  return tooWeak.some((set) => keys.every((key) => set.includes(key)));
}
