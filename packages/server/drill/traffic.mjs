import { createHash } from "node:crypto";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const pixelCode = "C0DRILL0000000000000";
const datasetId = "1000000000001";
const userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36";

/** What shoppers do, and how many of those who did the step before go on. */
const walk = [
  { name: "PageView", tiktok: "Pageview", onward: 1 },
  { name: "ViewContent", onward: 0.8 },
  { name: "AddToCart", onward: 0.42 },
  { name: "InitiateCheckout", onward: 0.65 },
  { name: "Purchase", onward: 0.7 },
];
const products = [
  { id: "1234", price: 9.99 },
  { id: "5678", price: 24.5 },
  { id: "9012", price: 149 },
];

/**
 * A shop's traffic into a sandbox: each event to both vendors, from the page and from the server, with the mistakes that
 * shops make: ids that differ, values without currency, addresses that are not hashed, copies sent again.
 * @param {{ url: string, random?: () => number, now?: () => number }} options `random`: 0 to 1; `now`: Unix ms
 */
export function createTraffic({ url, random = Math.random, now = Date.now }) {
  let visitors = 0;
  let pending = [];

  /** Sends about so many copies, the pages' one by one, the servers' ten to a request. Resolves with their number. */
  async function send(copies) {
    let sent = 0;
    while (sent < copies) {
      if (pending.length === 0) pending = visit();
      const requests = pending.splice(0, 1).flat();
      await Promise.all(
        requests.map(({ path, init }) =>
          fetch(url + path, init).then(
            (answer) => answer.arrayBuffer(),
            () => undefined,
          ),
        ),
      );
      sent += requests.reduce((sum, { count }) => sum + count, 0);
    }
    return sent;
  }

  /** One visitor's events, each as its requests. */
  function visit() {
    const number = visitors++;
    const isKnown = random() < 0.5;
    const person = {
      email: sha256(`visitor-${number}@example.com`),
      ip: `203.0.113.${1 + (number % 250)}`,
      fbp: `fb.1.${now()}.${1_000_000 + number}`,
      ttp: String(number).padStart(27, "t"),
      click: random() < 0.3 ? `Click_${number}` : undefined,
      isKnown,
    };
    const events = [];
    for (const { name, tiktok = name, onward } of walk) {
      if (random() >= onward) break;
      events.push(requestsOf({ name, tiktok, id: `${number}-${name}-${sha256(String(number)).slice(0, 8)}`, person }));
    }
    return events;
  }

  function requestsOf({ name, tiktok, id, person }) {
    const product = products[Math.floor(random() * products.length)];
    const hasValue = name !== "PageView";
    const currency = random() < 0.04 ? undefined : random() < 0.8 ? "EUR" : "USD";
    const worth = hasValue ? { value: product.price, ...(currency && { currency }) } : {};
    const serverId = random() < 0.03 ? `${id}-server` : id;
    const requests = [metaPixel(name, id, person, worth), metaServer(name, serverId, person, worth, product)];
    if (name !== "PageView") requests.push(tikTokPixel(tiktok, id, person, worth, product));
    requests.push(tikTokServer(tiktok, serverId, person, worth, product));
    if (random() < 0.02) requests.push(metaServer(name, serverId, person, worth, product));
    return requests;
  }

  function metaPixel(name, id, person, worth) {
    const query = new URLSearchParams({ id: datasetId, ev: name, eid: id, ts: String(now() - 20), fbp: person.fbp });
    if (person.click) query.set("fbc", `fb.1.${now()}.${person.click}`);
    if (person.isKnown) query.set("ud[em]", person.email);
    for (const [key, value] of Object.entries(worth)) query.set(`cd[${key}]`, String(value));
    return { count: 1, path: `/tr?${query}`, init: {} };
  }

  function tikTokPixel(name, id, person, worth, product) {
    const user = { ttp: person.ttp, ...(person.isKnown && { email: person.email }) };
    return post("/api/v2/pixel", 1, {
      pixel_code: pixelCode,
      event: name,
      event_id: id,
      timestamp: new Date(now() - 20).toISOString(),
      properties: { ...worth, contents: [{ content_id: product.id, quantity: 1 }] },
      context: { page: { url: `https://shop.example/product/${product.id}` }, user },
    });
  }

  function metaServer(name, id, person, worth, product) {
    // Now and then somebody forgets to hash.
    const email = random() < 0.006 ? "ada at example.com" : person.email;
    const event = {
      event_name: name,
      event_time: Math.floor((now() - random() * 1_500) / 1_000),
      event_id: id,
      action_source: "website",
      event_source_url: `https://shop.example/product/${product.id}`,
      user_data: {
        client_ip_address: person.ip,
        client_user_agent: userAgent,
        fbp: person.fbp,
        ...(person.isKnown && { em: [email], external_id: [sha256(person.email)] }),
        ...(person.click && { fbc: `fb.1.${now()}.${person.click}` }),
      },
      custom_data: { ...worth, contents: [{ id: product.id, quantity: 1, item_price: product.price }] },
    };
    return post(`/v26.0/${datasetId}/events`, 1, { data: [event], access_token: "drill" });
  }

  function tikTokServer(name, id, person, worth, product) {
    // A content id that is a number is the commonest refusal.
    const contentId = random() < 0.004 ? Number(product.id) : product.id;
    const event = {
      event: name,
      event_time: Math.floor((now() - random() * 1_500) / 1_000),
      event_id: id,
      user: {
        ip: person.ip,
        user_agent: userAgent,
        ttp: person.ttp,
        ...(person.isKnown && { email: person.email }),
        ...(person.click && { ttclid: person.click }),
      },
      properties: { ...worth, contents: [{ content_id: contentId, quantity: 1, price: product.price }] },
      page: { url: `https://shop.example/product/${product.id}` },
    };
    const body = { event_source: "web", event_source_id: pixelCode, data: [event] };
    return post("/open_api/v1.3/event/track/", 1, body, { "access-token": "drill" });
  }

  return { send };
}

function post(path, count, body, headers = {}) {
  const init = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  return { path, count, init };
}
