/**
 * SHA-256 (FIPS 180-4) for places without a synchronous hash of their own, which browsers are. Written here, because a
 * general library weighs three times as much as everything else that a page needs to hash one e-mail address; the tests
 * hold it against Node's.
 */

/** Every engine that Beaconry runs on has it; the language's own types do not. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

/**
 * The first 32 bits of the fractional parts of the roots of the first primes, which FIPS 180-4 takes for its constants
 * (4.2.2, 5.3.3). None is so near to the next that the last bit of a floating-point root would matter.
 * @param root 2 for square roots, 3 for cube roots
 */
function fractions(count: number, root: number): Int32Array {
  const found = new Int32Array(count);
  let length = 0;
  for (let number = 2; length < count; number++) {
    let divisor = 2;
    while (number % divisor) divisor++;
    if (divisor === number) found[length++] = number ** (1 / root) * 2 ** 32;
  }
  return found;
}

/** Made at the first hash and used for every one: hashing is synchronous. */
let tables: { readonly constants: Int32Array; readonly initial: Int32Array; readonly schedule: Int32Array } | undefined;

/** SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits. Runs everywhere. */
export function sha256Hex(text: string): string {
  tables ??= { constants: fractions(64, 3), initial: fractions(8, 2), schedule: new Int32Array(64) };
  const { constants, initial, schedule } = tables;
  const message = new TextEncoder().encode(text);
  // The message, a bit, zeros, and its length in bits, in blocks of 64 bytes.
  const padded = new Uint8Array(((message.length + 72) >> 6) << 6);
  padded.set(message);
  padded[message.length] = 0x80;
  const blocks = new DataView(padded.buffer);
  blocks.setUint32(padded.length - 8, message.length / 2 ** 29);
  blocks.setUint32(padded.length - 4, message.length << 3);
  const hash = initial.slice();
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let round = 0; round < 16; round++) schedule[round] = blocks.getInt32(offset + round * 4);
    compress(hash, schedule, constants);
  }
  let hex = "";
  for (const word of hash) hex += (word >>> 0).toString(16).padStart(8, "0");
  return hex;
}

/** One block, 6.2.2. The casts say what the loops guarantee: no index leaves its array. */
function compress(hash: Int32Array, schedule: Int32Array, constants: Int32Array): void {
  for (let round = 16; round < 64; round++) {
    const early = schedule[round - 15] as number;
    const late = schedule[round - 2] as number;
    const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    schedule[round] = (schedule[round - 16] as number) + small0 + (schedule[round - 7] as number) + small1;
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
  for (let round = 0; round < 64; round++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + big1 + ((e & f) ^ (~e & g)) + (constants[round] as number) + (schedule[round] as number)) | 0;
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (big0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    hash[index] = (hash[index] as number) + word;
  });
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
