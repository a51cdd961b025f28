/** A parcel's id, and who has it. */
export interface ParcelKey {
  readonly id: number;
  readonly taker: number;
}

/**
 * The key of a leased parcel. It has the taker's number, so that who comes late can not settle what somebody else has by
 * now; and it is the same whenever the same outbox takes the parcel.
 */
export function toKey(id: number, taker: string): string {
  return `${id}.${taker}`;
}

/** `undefined` where nobody can have given out such a key. */
export function readKey(key: string): ParcelKey | undefined {
  const [, id, taker] = /^(\d{1,15})\.(\d{1,15})$/.exec(key) ?? [];
  return id === undefined ? undefined : { id: Number(id), taker: Number(taker) };
}
