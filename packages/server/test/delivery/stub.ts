import {
  createTracker,
  type Destination,
  type Parcel,
  type Tracker,
  type TrackerNews,
  type TrackerOptions,
  type Transport,
  type Verdict,
} from "../../src/index.js";

/** A destination whose bodies are the events' ids; the answer's body is the verdict as JSON. */
export function stubDestination(name: string, more: Partial<Destination> = {}): Destination {
  return {
    name,
    vendor: "meta",
    maxBatch: 1_000,
    accepts: () => true,
    maxAge: () => 7 * 86_400_000,
    build: ({ id }) => ({ body: { group: "", body: JSON.stringify(id) }, issues: [] }),
    request: (_, bodies) => ({ url: `http://${name}.test/`, headers: {}, body: `[${bodies.join(",")}]` }),
    verdict: ({ body }) => JSON.parse(body),
    ...more,
  };
}

export const delivered: Verdict = { kind: "delivered" };
export const refused: Verdict = { kind: "refused", detail: "not taken" };
export const retry: Verdict = { kind: "retry", detail: "try again" };

/** What answers a request: the ids in it, the host it goes to, how many came before. */
export type Answerer = (ids: readonly string[], host: string, count: number) => Verdict | Promise<Verdict>;

/** A transport that keeps the ids of each request. */
export function stubTransport(answer: Answerer) {
  const requests: { readonly host: string; readonly ids: readonly string[]; readonly at: number }[] = [];
  const transport: Transport = async ({ url, body }) => {
    const ids: string[] = JSON.parse(body);
    const host = new URL(url).hostname.split(".")[0] as string;
    requests.push({ host, ids, at: performance.now() });
    const verdict = await answer(ids, host, requests.length);
    return { status: 200, headers: new Headers(), body: JSON.stringify(verdict) };
  };
  return { transport, requests };
}

/** A tracker with short waits whose one destination is a stub. */
export function stubTracker(answer: Answerer, options: Partial<TrackerOptions> = {}) {
  const { transport, requests } = stubTransport(answer);
  const tracker = createTracker({
    destinations: [stubDestination("stub")],
    transport,
    backoff: { base: 5, cap: 20 },
    ...options,
  });
  return { tracker, requests };
}

export const track = (tracker: Tracker, id: string) =>
  tracker.track("Contact", {}, { id, consent: { advertising: true }, context: { source: "web" } });

/** Everything a tracker tells, by kind. */
export function listen(tracker: Tracker) {
  const news: [keyof TrackerNews, TrackerNews[keyof TrackerNews]][] = [];
  for (const kind of ["delivered", "retrying", "dead", "dropped", "paused", "warning", "attribution"] as const) {
    tracker.on(kind, (one) => news.push([kind, one]));
  }
  return news;
}

/** Resolves when it is so; rejects when it is not within the time, ms. */
export async function until(isSo: () => boolean | Promise<boolean>, within = 20_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the stub destination makes of an event, for an outbox that many are put into at once: one request carries them. */
export const stubParcel = (id: string): Parcel => ({
  destination: "stub",
  name: "Contact",
  id,
  time: Date.now(),
  expiresAt: Date.now() + 60_000,
  group: "",
  body: JSON.stringify(id),
});
