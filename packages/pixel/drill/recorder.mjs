/**
 * What one drill came to.
 * @typedef {object} Counts
 * @property {number} pages pages that ran their script to its end
 * @property {number} tracked events that these pages tracked, each page's own PageView with them
 * @property {number} arrived those of them that the collector has, after deduplication by id
 * @property {number} again copies beyond an event's first
 * @property {string[]} missing tracked, but not there
 * @property {string[]} unknown there, but not tracked
 * @property {string[]} unlike events whose copies differ, or that came under another name
 */

/**
 * Keeps what pages tracked beside what came to the collector. Events are known by the id that `track` gave. A page's
 * automatic PageView has an id that the page is not told; it is known by the path of its page, each of which is opened
 * once.
 */
export function createRecorder() {
  /** @type {Map<string, string>} names by id */
  const tracked = new Map();
  /** @type {Set<string>} paths */
  const pages = new Set();
  /** @type {Map<string, { name: string, time: number, path: string }[]>} by id, in order of arrival */
  const copies = new Map();

  return {
    /**
     * A page's script came to its end.
     * @param {string} path
     * @param {[id: string, name: string][]} events
     */
    ended(path, events) {
      pages.add(path);
      for (const [id, name] of events) tracked.set(id, name);
    },
    /** @param {{ id: string, name: string, time: number, context: { page?: { url: string } } }} event */
    took({ id, name, time, context }) {
      const copy = { name, time, path: new URL(context.page?.url ?? "http://unknown").pathname };
      const others = copies.get(id);
      if (others) others.push(copy);
      else copies.set(id, [copy]);
    },
    /** @returns {Counts} */
    counts() {
      const missing = [...tracked].filter(([id]) => !copies.has(id)).map(([id, name]) => `${name} ${id}`);
      const unknown = [];
      const unlike = [];
      const viewed = new Set();
      let again = 0;
      for (const [id, [first, ...others]] of copies) {
        again += others.length;
        const isView =
          !tracked.has(id) && first.name === "PageView" && pages.has(first.path) && !viewed.has(first.path);
        if (isView) viewed.add(first.path);
        else if (!tracked.has(id)) unknown.push(`${first.name} ${id} of ${first.path}`);
        const name = tracked.get(id) ?? first.name;
        if (![first, ...others].every((copy) => copy.name === name && copy.time === first.time))
          unlike.push(`${name} ${id}`);
      }
      for (const path of pages) if (!viewed.has(path)) missing.push(`PageView of ${path}`);
      const expected = tracked.size + pages.size;
      return {
        pages: pages.size,
        tracked: expected,
        arrived: expected - missing.length,
        again,
        missing,
        unknown,
        unlike,
      };
    },
    /** Ids of the tracked events, without PageViews. */
    ids: () => [...tracked.keys()],
  };
}
