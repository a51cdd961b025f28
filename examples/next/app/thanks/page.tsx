import Link from "next/link";
import { TrackPurchase } from "../track";

export default async function Thanks({ searchParams }: { searchParams: Promise<{ order?: string }> }) {
  const { order } = await searchParams;
  return (
    <>
      <h1>Thank you!</h1>
      <p>
        <Link href="/">Back to the shop</Link>
      </p>
      {typeof order === "string" && <TrackPurchase id={order} />}
    </>
  );
}
