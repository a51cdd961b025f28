/**
 * The real collector with both vendors behind it, emulated: what "after deduplication" means is then what they count.
 * @param {object} server the exports of `@beaconry/server` and of its sandbox
 * @param {typeof import("@beaconry/server").createTracker} server.createTracker
 * @param {typeof import("@beaconry/server").tiktokEvents} server.tiktokEvents
 * @param {typeof import("@beaconry/server").metaConversions} server.metaConversions
 * @param {typeof import("@beaconry/server/sandbox").createSandbox} server.createSandbox
 */
export async function startVendors({ createTracker, tiktokEvents, metaConversions, createSandbox }) {
  const sandbox = await createSandbox();
  const pixelCode = "C0DRILL0000000000000";
  const pixelId = "1000000000001";
  const tracker = createTracker({
    destinations: [
      tiktokEvents({ pixelCode, accessToken: "drill-tiktok-token", baseUrl: sandbox.url }),
      metaConversions({ datasetId: pixelId, accessToken: "drill-meta-token", baseUrl: sandbox.url }),
    ],
  });
  return {
    /** For `createPixel`. */
    tags: {
      tiktok: { pixelCode, scriptUrl: `${sandbox.url}/i18n/pixel/events.js` },
      meta: { pixelId, scriptUrl: `${sandbox.url}/en_US/fbevents.js` },
    },
    collect: (/** @type {Request} */ request) => tracker.collect(request, { remoteAddress: "168.212.226.204" }),
    flush: () => tracker.flush(),
    /**
     * What is wrong with what the vendors count: each id must be counted once, and one page view for each page.
     * @param {readonly string[]} ids
     * @param {number} pages
     * @returns {string[]}
     */
    problems(ids, pages) {
      const counted = sandbox.events().filter(({ outcome }) => outcome === "counted");
      return ["tiktok", "meta"].flatMap((vendor) => {
        const own = counted.filter((event) => event.vendor === vendor);
        const views = own.filter(({ name }) => name.toLowerCase() === "pageview").length;
        const others = own.filter(({ name }) => name.toLowerCase() !== "pageview").map(({ id }) => id);
        const known = new Set(others);
        const missing = ids.filter((id) => !known.has(id)).length;
        const problems = [];
        if (missing) problems.push(`${vendor} misses ${missing} of ${ids.length} events`);
        if (others.length !== ids.length - missing)
          problems.push(`${vendor} counts ${others.length} events, not ${ids.length}`);
        if (views !== pages) problems.push(`${vendor} counts ${views} page views, not ${pages}`);
        return problems;
      });
    },
    async close() {
      await tracker.close({ timeout: 1_000 });
      await sandbox.close();
    },
  };
}
