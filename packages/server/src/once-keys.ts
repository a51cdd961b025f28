import type { Parcel } from "./outbox/outbox.js";

/** The parcels, with the SHA-256 of `once` in its place: an outbox keeps it for ever, and it may name a device. */
export async function hashOnceKeys(parcels: readonly Parcel[]): Promise<readonly Parcel[]> {
  return Promise.all(
    parcels.map(async (parcel) =>
      parcel.once === undefined ? parcel : { ...parcel, once: await sha256(parcel.once) },
    ),
  );
}

async function sha256(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
