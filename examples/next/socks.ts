/** What the shop sells, as `track` takes it. */
export const socks = {
  currency: "EUR",
  value: 9.99,
  contentType: "product",
  contents: [{ id: "1234", name: "Wool socks", price: 9.99, quantity: 1 }],
} as const;
