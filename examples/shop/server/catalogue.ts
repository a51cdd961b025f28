/** One article of the shop. */
export interface Article {
  id: string;
  name: string;
  category: string;
  brand: string;
  /** EUR */
  price: number;
}

export const articles: readonly Article[] = [
  { id: "1234", name: "Wool socks", category: "Clothing", brand: "Knit & Co", price: 9.99 },
  { id: "5678", name: "Shoe laces", category: "Clothing", brand: "Knit & Co", price: 1.99 },
  { id: "9012", name: "Enamel mug", category: "Kitchen", brand: "Hearth", price: 14.5 },
];
