/** The words of a text, as a union: `Words<"a b">` is `"a" | "b"`. */
export type Words<Text extends string, Found = never> = Text extends `${infer First} ${infer Rest}`
  ? Words<Rest, Found | First>
  : Found | Text;

/**
 * `Listed`, where nothing is missing from it; elsewhere an error that names what is.
 * Lists that the pixel carries are texts of words, since those are the smallest; this is how the compiler proves them.
 * @example type Names = Complete<Words<typeof list>, Exclude<All, Words<typeof list>>>;
 */
export type Complete<Listed, _Missing extends never> = Listed;

/** The words of a text. */
export function words<const Text extends string>(text: Text): Words<Text>[] {
  return text.split(" ") as Words<Text>[];
}
