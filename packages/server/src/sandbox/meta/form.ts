/** Fields of a form or query string; `ud[em]=…` becomes `{ ud: { em: … } }`. Later sources win. */
export function readForm(...sources: readonly URLSearchParams[]): Record<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const source of sources) {
    for (const [name, value] of source) {
      const bracketed = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name);
      const [, outer, inner] = bracketed ?? [];
      if (outer === undefined || inner === undefined) {
        fields.set(name, value);
        continue;
      }
      const before = fields.get(outer);
      const map = before instanceof Map ? before : new Map<string, string>();
      map.set(inner, value);
      fields.set(outer, map);
    }
  }
  // fromEntries defines own properties, so a field called __proto__ stays a field.
  return Object.fromEntries(
    [...fields].map(([name, value]) => [name, value instanceof Map ? Object.fromEntries(value) : value]),
  );
}
