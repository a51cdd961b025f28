import type { Article } from "../server/catalogue.ts";

/** Article id → how many. */
export type Cart = Record<string, number>;

const key = "cart";

export function readCart(): Cart {
  return JSON.parse(localStorage.getItem(key) ?? "{}") as Cart;
}

export function writeCart(cart: Cart): void {
  localStorage.setItem(key, JSON.stringify(cart));
}

/** The cart as `track` takes it. */
export function cartProperties(cart: Cart, articles: readonly Article[]) {
  const contents = articles
    .filter(({ id }) => cart[id])
    .map(({ id, name, category, brand, price }) => ({ id, name, category, brand, price, quantity: cart[id] ?? 0 }));
  return {
    currency: "EUR",
    value: Math.round(contents.reduce((sum, { price, quantity }) => sum + price * quantity, 0) * 100) / 100,
    contentType: "product" as const,
    contents,
  };
}
