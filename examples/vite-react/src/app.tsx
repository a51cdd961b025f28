import type { SubmitEvent } from "react";
import { Link, Route, Routes, useLocation, useNavigate, useParams } from "react-router";
import { ConsentBanner } from "./consent-banner.tsx";
import { pixel } from "./pixel.ts";
import { useTrackOnce } from "./use-track-once.ts";

const products = [
  { id: "1234", name: "Wool socks", price: 9.99 },
  { id: "5678", name: "Shoe laces", price: 1.99 },
];

export function App() {
  return (
    <>
      <Routes>
        <Route path="/" element={<Home />} />
        <Route path="/products/:id" element={<Product />} />
        <Route path="/thanks" element={<Thanks />} />
      </Routes>
      <ConsentBanner />
    </>
  );
}

function Home() {
  return (
    <>
      <h1>Warm things</h1>
      <ul>
        {products.map(({ id, name }) => (
          <li key={id}>
            <Link to={`/products/${id}`}>{name}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}

function Product() {
  const { id } = useParams();
  const product = products.find((one) => one.id === id);
  return product ? <ProductPage key={id} product={product} /> : <h1>Not found</h1>;
}

function ProductPage({ product }: { product: (typeof products)[number] }) {
  const navigate = useNavigate();
  const content = { contentType: "product", contents: [{ ...product, quantity: 1 }] } as const;
  useTrackOnce(product.id, () => pixel.track("ViewContent", content));

  function buy(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    // Hashed in the page, before it is stored or sent.
    pixel.identify({ email: String(new FormData(event.currentTarget).get("email")) });
    const order = { id: crypto.randomUUID(), currency: "EUR", value: product.price, ...content };
    navigate("/thanks", { state: order });
  }

  return (
    <>
      <h1>{product.name}</h1>
      <p>{product.price} €</p>
      <form onSubmit={buy}>
        <label>
          E-mail <input name="email" type="email" autoComplete="email" required />
        </label>
        <button type="submit">Buy</button>
      </form>
    </>
  );
}

function Thanks() {
  const { id, ...properties } = useLocation().state ?? {};
  // The order's id is the event's: when this page is reloaded, it is counted once all the same.
  useTrackOnce(id, () => id && pixel.track("Purchase", { ...properties, orderId: id }, { id }));
  return (
    <>
      <h1>Thank you!</h1>
      <Link to="/">Back to the shop</Link>
    </>
  );
}
