/** Combinations of keys that Meta refuses (2804050): an event needs a key outside each of these sets. */
const tooWeak: readonly (readonly string[])[] = [
  ["ct", "country", "st", "zp", "ge", "client_user_agent"],
  ["db", "client_user_agent"],
  ["fn", "ge"],
  ["ln", "ge"],
];

const weak: ReadonlySet<string> = /* @__PURE__ */ new Set(/* @__PURE__ */ tooWeak.flat());

/** Whether the keys of this `user_data` are too few to be taken. "Customer information parameters". */
export function isTooWeak(user: object): boolean {
  for (const key in user) if (!weak.has(key)) return false;
  const keys = Object.keys(user);
  return tooWeak.some((set) => keys.every((key) => set.includes(key)));
}
