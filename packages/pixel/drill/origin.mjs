import { once } from "node:events";
import { createServer } from "node:http";
import { createRecorder } from "./recorder.mjs";

/**
 * How the collector takes a batch: as it should, by cutting the connection, by 503, or by keeping the events and cutting
 * the connection before the answer, so that the page can not know.
 * @typedef {"up" | "cut" | "503" | "unanswered"} Manner
 */

const eventNames = ["ViewContent", "AddToCart", "AddToWishlist"];

/**
 * The site and its collector, on loopback. Pages: `/walk/TAB/NUMBER?left=COUNT` tracks three events and goes on to the
 * next at once, at the end to `/quiet/TAB`, which stays; `/last/TAB/NUMBER?times=COUNT` tracks three events so many times
 * and then never gets to do anything else; `/stay/TAB` tracks sixty, stays, and tries to send them again and again.
 * @param {object} options
 * @param {string} options.script the pixel as one script
 * @param {object} [options.pixel] options of `createPixel` beside `endpoint` and consent
 * @param {(request: Request) => Promise<Response>} [options.collect] the real collector; without it all is taken
 * @param {(soFar: { pages: number, turnedAway: number }) => Manner} [options.mannerAt] by the number of pages asked for
 * and of batches that were not answered well
 */
export async function startOrigin({ script, pixel = {}, collect = takeAll, mannerAt = () => "up" }) {
  const recorder = createRecorder();
  /** @type {Set<string>} */
  const quietTabs = new Set();
  /** @type {Set<string>} */
  const lastWords = new Set();
  let pagesServed = 0;
  let turnedAway = 0;

  const head = `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
<script>window.beaconry = [["create", ${JSON.stringify({ endpoint: "/collect", consent: { advertising: true }, ...pixel })}]]</script>
<script src="/beaconry.global.js"></script>`;
  const track = (times = 1) => `const names = Array(${times}).fill(${JSON.stringify(eventNames)}).flat();
const ids = names.map((name) => beaconry.pixel.track(name, {
  currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2, price: 9.99 }],
}));
const query = new URLSearchParams({ from: location.pathname, ids });`;
  const say = (path) => `const request = new XMLHttpRequest();
request.open("POST", "${path}", false);
request.send(query);`;

  const pageScripts = {
    walk: ({ next }) => `${track()} location.href = "${next}" + query;`,
    quiet: () => "",
    last: ({ times }) => `${track(times)} ${say("/last-words")}`,
    stay: () => `${track(20)} ${say("/tracked")} setInterval(() => beaconry.pixel.flush(), 100);`,
  };

  /** @param {URLSearchParams} query what a page says of itself when it has tracked */
  function noteEnd(query) {
    const ids = query.get("ids")?.split(",");
    if (!ids) return;
    const events = ids.map((id, index) => [id, eventNames[index % eventNames.length]]);
    recorder.ended(query.get("from") ?? "", events);
  }

  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, kind, tab = "", number = ""] = pathname.split("/");
    if (kind === "beaconry.global.js") {
      response.setHeader("Cache-Control", "max-age=3600").setHeader("Content-Type", "text/javascript").end(script);
    } else if (kind === "collect") {
      await answerBatch(request, response);
    } else if (kind === "last-words") {
      const words = new URLSearchParams(await readBody(request));
      noteEnd(words);
      lastWords.add(words.get("from") ?? "");
      // No answer: the page waits for it until it is killed.
    } else if (kind === "tracked") {
      noteEnd(new URLSearchParams(await readBody(request)));
      response.end();
    } else if (Object.hasOwn(pageScripts, kind)) {
      noteEnd(searchParams);
      if (kind === "quiet") {
        recorder.ended(pathname, []);
        quietTabs.add(tab);
      }
      pagesServed++;
      const left = Number(searchParams.get("left")) - 1;
      const times = Number(searchParams.get("times") ?? 1);
      const next = left > 0 ? `/walk/${tab}/${Number(number) + 1}?left=${left}&` : `/quiet/${tab}?`;
      response.setHeader("Cache-Control", "no-store").setHeader("Content-Type", "text/html");
      response.end(`${head}<script>${pageScripts[kind]({ next, times })}</script>`);
    } else response.setHeader("Content-Type", "text/javascript").end();
  });

  async function answerBatch(request, response) {
    const manner = mannerAt({ pages: pagesServed, turnedAway });
    if (manner !== "up") turnedAway++;
    if (manner === "cut") return request.socket.destroy();
    const body = await readBody(request);
    // Body and header as the real one has them: Chromium keeps count of a request until its answer's body is read.
    if (manner === "503") {
      return response.writeHead(503, { "Cache-Control": "no-store" }).end(JSON.stringify({ error: "try again" }));
    }
    const { method, headers, url } = request;
    const answer = await collect(new Request(`http://${headers.host}${url}`, { method, headers, body }));
    const text = await answer.text();
    if (answer.ok) {
      const rejected = new Set(JSON.parse(text).rejected.map(({ id }) => id));
      for (const event of JSON.parse(body).events) if (!rejected.has(event.id)) recorder.took(event);
    }
    if (manner === "unanswered") return request.socket.destroy();
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    // By name: browsers treat it as a secure context, where Web Locks exist, as they treat a shop's https.
    url: `http://localhost:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`,
    recorder,
    /** Batches that were not answered well. */
    turnedAway: () => turnedAway,
    /** Pages asked for so far. */
    pagesServed: () => pagesServed,
    /** Whether the tab's walk has come to its quiet page. */
    isQuiet: (/** @type {string} */ tab) => quietTabs.has(tab),
    /** Whether the page has tracked, and waits to be killed. */
    hasLastWords: (/** @type {string} */ path) => lastWords.has(path),
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function takeAll() {
  return Response.json({ accepted: [], rejected: [] }, { status: 202, headers: { "Cache-Control": "no-store" } });
}

async function readBody(request) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}
