/** Meta's flags are 0 and 1. */
export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}
