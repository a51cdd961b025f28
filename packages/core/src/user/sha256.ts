/**
 * SHA-256 (FIPS 180-4) for places without a synchronous hash of their own, which browsers are. Written here, because a
 * general library weighs three times as much as everything else that a page needs to hash one e-mail address; the tests
 * hold it against Node's.
 */

/** Round constants, 8 hex digits each: FIPS 180-4, 4.2.2. */
const roundConstants =
  "428a2f9871374491b5c0fbcfe9b5dba53956c25b59f111f1923f82a4ab1c5ed5d807aa9812835b01243185be550c7dc372be5d7480deb1fe9bdc06a7" +
  "c19bf174e49b69c1efbe47860fc19dc6240ca1cc2de92c6f4a7484aa5cb0a9dc76f988da983e5152a831c66db00327c8bf597fc7c6e00bf3d5a79147" +
  "06ca63511429296727b70a852e1b21384d2c6dfc53380d13650a7354766a0abb81c2c92e92722c85a2bfe8a1a81a664bc24b8b70c76c51a3d192e819" +
  "d6990624f40e3585106aa07019a4c1161e376c082748774c34b0bcb5391c0cb34ed8aa4a5b9cca4f682e6ff3748f82ee78a5636f84c878148cc70208" +
  "90befffaa4506cebbef9a3f7c67178f2";

/** Initial hash value, 5.3.3. */
const initialHash = "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19";

/** Every engine that Beaconry runs on has it; the language's own types do not. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const words = (hex: string): Int32Array =>
  Int32Array.from(hex.match(/.{8}/g) ?? [], (word) => Number.parseInt(word, 16));

/** Made at the first hash and used for every one: hashing is synchronous. */
let tables: { readonly constants: Int32Array; readonly initial: Int32Array; readonly schedule: Int32Array } | undefined;

/** SHA-256 of the text's UTF-8 bytes, as 64 lower-case hex digits. Runs everywhere. */
export function sha256Hex(text: string): string {
  tables ??= { constants: words(roundConstants), initial: words(initialHash), schedule: new Int32Array(64) };
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
