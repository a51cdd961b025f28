import { OrderForm } from "./order-form";
import { TrackView } from "./track";

export default function Home() {
  return (
    <>
      <h1>Wool socks</h1>
      <p>9.99 €</p>
      <OrderForm />
      <TrackView />
    </>
  );
}
