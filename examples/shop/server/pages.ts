import { html, raw } from "hono/html";
import type { Article } from "./catalogue.ts";
import type { PublicSettings } from "./settings.ts";

type Html = ReturnType<typeof html>;

/** JSON inside a script element: nothing in it can end the element. */
function data(id: string, value: unknown): Html {
  return html`<script type="application/json" id="${id}">${raw(JSON.stringify(value).replaceAll("<", "\\u003c"))}</script>`;
}

function page(title: string, content: Html, script: "shop" | "app", embedded: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <link rel="stylesheet" href="/style.css">
</head>
<body>
  ${content}
  ${embedded}
  <script type="module" src="/build/${script}.js"></script>
</body>
</html>`;
}

function shopPage(title: string, content: Html, settings: PublicSettings, articles: readonly Article[] = []): Html {
  const layout = html`<header><a class="brand" href="/">Knit &amp; Hearth</a><nav><a href="/cart">Cart <span id="count"></span></a></nav></header>
  <main>${content}</main>
  <footer>
    <button type="button" id="privacy" class="link">Privacy choices</button>
  </footer>
  <section id="banner" role="dialog" aria-label="Privacy choices" hidden>
    <p>May we tell TikTok and Meta what you do in this shop, so that our advertisements get better?</p>
    <button type="button" id="refuse">No</button>
    <button type="button" id="accept">Yes</button>
  </section>`;
  return page(
    `${title} · Knit & Hearth`,
    layout,
    "shop",
    html`${data("settings", settings)}${data("articles", articles)}`,
  );
}

const price = (euros: number) => `${euros.toFixed(2)} €`;

export function homePage(articles: readonly Article[], settings: PublicSettings): Html {
  const cards = articles.map(
    ({ id, name, brand, price: euros }) =>
      html`<li><a class="card" href="/product/${id}"><strong>${name}</strong><span>${brand}</span><span>${price(euros)}</span></a></li>`,
  );
  return shopPage("Shop", html`<h1>Warm things</h1><ul class="cards">${cards}</ul>`, settings, articles);
}

export function productPage(article: Article, settings: PublicSettings): Html {
  const content = html`<h1>${article.name}</h1><p>${article.brand} · ${article.category}</p><p class="price">${price(article.price)}</p>
    <button type="button" id="add" data-id="${article.id}">Add to cart</button>`;
  return shopPage(article.name, content, settings, [article]);
}

export function cartPage(articles: readonly Article[], settings: PublicSettings): Html {
  const content = html`<h1>Your cart</h1><ul id="lines" class="lines"></ul><p class="price" id="total"></p>
    <a class="button" id="to-checkout" href="/checkout">Checkout</a>`;
  return shopPage("Cart", content, settings, articles);
}

export function checkoutPage(articles: readonly Article[], settings: PublicSettings): Html {
  const field = (name: string, label: string, autocomplete: string, type = "text") =>
    html`<label>${label}<input name="${name}" type="${type}" autocomplete="${autocomplete}" required></label>`;
  const content = html`<h1>Checkout</h1>
    <form id="order">
      ${field("email", "E-mail", "email", "email")}
      ${field("phone", "Phone", "tel", "tel")}
      ${field("firstName", "First name", "given-name")}
      ${field("lastName", "Last name", "family-name")}
      ${field("city", "City", "address-level2")}
      ${field("zip", "Postal code", "postal-code")}
      ${field("country", "Country", "country-name")}
      <p class="price" id="total"></p>
      <button type="submit">Pay</button>
    </form>`;
  return shopPage("Checkout", content, settings, articles);
}

export function thanksPage(articles: readonly Article[], settings: PublicSettings): Html {
  return shopPage(
    "Thank you",
    html`<h1>Thank you</h1><p>Your order is on its way.</p><p><a href="/">Back to the shop</a></p>`,
    settings,
    articles,
  );
}

export function appPage(): Html {
  const content = html`<main class="phone">
    <h1>Knit &amp; Hearth</h1>
    <p>The shop's app, as its web view would show it.</p>
    <label class="switch"><input type="checkbox" id="advertiser-tracking" checked> Device allows tracking</label>
    <label class="switch"><input type="checkbox" id="application-tracking" checked> Use my data for advertisements</label>
    <button type="button" id="buy">Buy wool socks</button>
    <p id="status" role="status"></p>
  </main>`;
  return page("App · Knit & Hearth", content, "app", html``);
}
