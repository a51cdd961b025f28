import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";

/** A shop on a port of its own; every path has the same page. */
export async function serveShop() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Shop</title><link rel=icon href='data:,'>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Meta's stub: a callable with a queue. `calls` run before the script arrives. */
export const metaStub = (sandboxUrl: string, calls: string) => `
  var n = window.fbq = function () {
    n.callMethod ? n.callMethod.apply(n, arguments) : n.queue.push(arguments);
  };
  if (!window._fbq) window._fbq = n;
  n.push = n; n.loaded = true; n.version = "2.0"; n.queue = [];
  ${calls}
  ${inject(`${sandboxUrl}/en_US/fbevents.js`)}
`;

/** TikTok's stub: an array of tuples, one more per pixel. */
export const tikTokStub = (sandboxUrl: string, calls: string) => `
  window.TiktokAnalyticsObject = "ttq";
  var ttq = window.ttq = window.ttq || [];
  ttq.methods = ["page", "track", "identify", "instances", "debug", "on", "off", "once", "ready", "alias", "group",
    "enableCookie", "disableCookie", "holdConsent", "revokeConsent", "grantConsent"];
  ttq.setAndDefer = function (target, method) {
    target[method] = function () {
      target.push([method].concat(Array.prototype.slice.call(arguments, 0)));
    };
  };
  for (var i = 0; i < ttq.methods.length; i++) ttq.setAndDefer(ttq, ttq.methods[i]);
  ttq.instance = function (id) {
    var queue = ttq._i[id] || [];
    for (var i = 0; i < ttq.methods.length; i++) ttq.setAndDefer(queue, ttq.methods[i]);
    return queue;
  };
  ttq.load = function (id, options) {
    var url = "${sandboxUrl}/i18n/pixel/events.js";
    ttq._i = ttq._i || {}; ttq._i[id] = []; ttq._i[id]._u = url;
    ttq._t = ttq._t || {}; ttq._t[id] = +new Date();
    ttq._o = ttq._o || {}; ttq._o[id] = options || {};
    var script = document.createElement("script");
    script.async = true; script.src = url + "?sdkid=" + id + "&lib=ttq";
    document.head.appendChild(script);
  };
  ${calls}
`;

export const inject = (url: string) => `
  var script = document.createElement("script");
  script.async = true; script.src = "${url}";
  document.head.appendChild(script);
`;

/** Runs statements in the page's global scope, as an inline script does, and waits until every script it added has run. */
export async function runIn(page: Page, statements: string): Promise<void> {
  await page.evaluate((text) => {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.append(script);
  }, `(function () {${statements}})();`);
  await page.waitForFunction(() =>
    [...document.scripts].every((script) => script.src === "" || performance.getEntriesByName(script.src).length > 0),
  );
}
