import { createPixel } from "@beaconry/pixel";
import type { Article } from "../server/catalogue.ts";
import type { PublicSettings } from "../server/settings.ts";
import { cartProperties, readCart, writeCart } from "./cart.ts";

const embedded = <Value>(id: string) => JSON.parse(document.getElementById(id)?.textContent ?? "null") as Value;
const settings = embedded<PublicSettings>("settings");
const articles = embedded<readonly Article[]>("articles");

// Page views are sent by themselves. Nothing is sent, stored or loaded before the shopper agrees.
const pixel = createPixel({ endpoint: new URL("/collect", location.href).href, tags: settings });

// The banner asks once; the pixel remembers the answer.
const banner = document.getElementById("banner");
const asked = "asked";
if (banner) banner.hidden = localStorage.getItem(asked) !== null;
function choose(advertising: boolean): void {
  localStorage.setItem(asked, "1");
  pixel.consent({ advertising });
  if (banner) banner.hidden = true;
}
on("accept", "click", () => choose(true));
on("refuse", "click", () => choose(false));
on("privacy", "click", () => {
  if (banner) banner.hidden = false;
});

const cart = readCart();
const count = Object.values(cart).reduce((sum, quantity) => sum + quantity, 0);
write("count", count > 0 ? `(${count})` : "");
write("total", `Total ${cartProperties(cart, articles).value.toFixed(2)} €`);

switch (location.pathname.split("/")[1]) {
  case "product":
    showProduct(articles[0]);
    break;
  case "cart":
    showCart();
    break;
  case "checkout":
    checkOut();
    break;
  case "thanks":
    thank();
    break;
}

function showProduct(article: Article | undefined): void {
  if (!article) return;
  const properties = cartProperties({ [article.id]: 1 }, [article]);
  pixel.track("ViewContent", properties);
  on("add", "click", () => {
    pixel.track("AddToCart", properties);
    writeCart({ ...cart, [article.id]: (cart[article.id] ?? 0) + 1 });
    location.assign("/cart");
  });
}

function showCart(): void {
  const lines = articles.filter(({ id }) => cart[id]).map(({ id, name }) => `${cart[id]} × ${name}`);
  document
    .getElementById("lines")
    ?.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

function checkOut(): void {
  const properties = cartProperties(cart, articles);
  pixel.track("InitiateCheckout", properties);
  // Also of a shopper who leaves here: so that the cart can be reminded of.
  on("order", "change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.name === "email") pixel.identify({ email: target.value });
  });
  on("order", "submit", async (event) => {
    event.preventDefault();
    const person = Object.fromEntries(new FormData(event.target as HTMLFormElement));
    // Normalised and hashed here, as each vendor asks, before anything is stored or sent.
    pixel.identify(person as Record<string, string>);
    pixel.track("AddPaymentInfo", properties);
    sessionStorage.setItem("order", JSON.stringify({ ...properties, orderId: crypto.randomUUID() }));
    writeCart({});
    // A second at most: no report is worth a shopper who waits.
    await pixel.flush({ timeout: 1_000 });
    location.assign("/thanks");
  });
}

function thank(): void {
  const order = JSON.parse(sessionStorage.getItem("order") ?? "null") as Order | null;
  // The order's id is the event's id: when this page is reloaded, nothing is counted twice.
  if (order) pixel.track("Purchase", order, { id: order.orderId });
}

type Order = ReturnType<typeof cartProperties> & { orderId: string };

function on(id: string, type: string, listener: (event: Event) => void): void {
  document.getElementById(id)?.addEventListener(type, listener);
}

function write(id: string, text: string): void {
  const element = document.getElementById(id);
  if (element) element.textContent = text;
}
