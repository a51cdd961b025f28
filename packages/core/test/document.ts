/** As code in a Markdown document. */
export const code = (text: string) => `\`${text}\``;

/** A Markdown table. */
export const table = (head: readonly string[], body: readonly (readonly string[])[]) =>
  [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** The document with the text between its two markers of that name. */
export function fill(document: string, marker: string, text: string): string {
  const [before, rest] = document.split(`<!-- ${marker} -->`);
  const after = rest?.split(`<!-- /${marker} -->`)[1];
  if (after === undefined) throw new Error(`the document has no ${marker} markers`);
  return `${before}<!-- ${marker} -->\n${text}\n<!-- /${marker} -->${after}`;
}
