/** Most results kept of one function; when one more comes, all are forgotten. */
const mostRemembered = 1_000;

/**
 * The same function, which looks up what it has worked out before. For the few texts that come again and
 * again, such as a country; never for what is one person's own.
 */
export function remember(work: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = work(text);
    if (known.size === mostRemembered) known.clear();
    known.set(text, result);
    return result;
  };
}
