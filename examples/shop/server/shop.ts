import { fileURLToPath } from "node:url";
import type { Tracker } from "@beaconry/server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { serveStatic } from "@hono/node-server/serve-static";
import { type Context, Hono } from "hono";
import { articles } from "./catalogue.ts";
import { appPage, cartPage, checkoutPage, homePage, productPage, thanksPage } from "./pages.ts";
import { publicSettings, type Settings } from "./settings.ts";

const publicFolder = fileURLToPath(new URL("../public/", import.meta.url));

/** The shop's pages and its collector, as one Fetch API handler. */
export function createShop(settings: Settings, tracker: Tracker): Hono {
  const shop = new Hono();
  const shown = publicSettings(settings);

  // The pixel posts here. The tracker takes a Fetch API request as it is; only the socket's address is added.
  shop.all("/collect", (context: Context) =>
    tracker.collect(context.req.raw, { remoteAddress: getConnInfo(context).remote.address }),
  );

  shop.get("/", (context) => context.html(homePage(articles, shown)));
  shop.get("/product/:id", (context) => {
    const article = articles.find(({ id }) => id === context.req.param("id"));
    return article ? context.html(productPage(article, shown)) : context.notFound();
  });
  shop.get("/cart", (context) => context.html(cartPage(articles, shown)));
  shop.get("/checkout", (context) => context.html(checkoutPage(articles, shown)));
  shop.get("/thanks", (context) => context.html(thanksPage(articles, shown)));
  shop.get("/app", (context) => context.html(appPage()));

  shop.use("/*", serveStatic({ root: publicFolder }));
  shop.get("/favicon.ico", (context) => context.body(null, 204));
  return shop;
}
