/** A column's cells stand at its left or, for numbers, at its right. */
export interface Column {
  readonly title: string;
  readonly right?: true;
}

/** Lines of a table, the titles first. Cells are plain texts, without styles. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  return all.map((row) =>
    columns
      .map(({ right }, index) => {
        const [cell = "", width = 0] = [row[index], widths[index]];
        return right ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
}
