const words: Readonly<Record<string, "f" | "m">> = {
  f: "f",
  female: "f",
  woman: "f",
  girl: "f",
  m: "m",
  male: "m",
  man: "m",
  boy: "m",
};

/** `f` or `m`; `""` for anything else, since both vendors ask to leave an unknown gender out. */
export function normalizeGender(text: string): string {
  const word = text.toLowerCase();
  return Object.hasOwn(words, word) ? (words[word] ?? "") : "";
}
