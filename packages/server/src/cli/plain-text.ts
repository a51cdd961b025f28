/** Control characters, and those that turn the direction of writing: what could move a cursor or disguise a text. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from elsewhere, fit for one line of a terminal: without control characters, and no longer than `most`. */
export function plainText(text: string, most = 200): string {
  const plain = text.slice(0, most + 1).replace(unprintable, "�");
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain;
}
