import type { FormField, FormFile } from "../read-form.js";

/** What a field of a form holds; several fields `ud[em]`, `ud[ph]` are one field `ud`. */
export type FormValue = string | FormFile | Readonly<Record<string, string | FormFile>>;

/** Fields by name; `ud[em]=…` becomes `{ ud: { em: … } }`. Of fields of one name the last counts. */
export function byName(fields: readonly FormField[]): Record<string, FormValue> {
  const named = new Map<string, string | FormFile | Map<string, string | FormFile>>();
  for (const [name, value] of fields) {
    const [, outer, inner] = /^([^[\]]+)\[([^[\]]*)\]$/.exec(name) ?? [];
    if (outer === undefined || inner === undefined) {
      named.set(name, value);
      continue;
    }
    const before = named.get(outer);
    named.set(outer, (before instanceof Map ? before : new Map<string, string | FormFile>()).set(inner, value));
  }
  // fromEntries defines own properties, so a field called __proto__ stays a field.
  return Object.fromEntries(
    [...named].map(([name, value]) => [name, value instanceof Map ? Object.fromEntries(value) : value]),
  );
}
