import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sha256Hex } from "../../src/user/sha256.js";
import { sha256Hex as sha256Node } from "../../src/user/sha256.node.js";

describe("SHA-256", () => {
  // FIPS 180-2, appendix B, and the empty message of NIST's short message tests.
  it.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("holds for the published message %#", (message, digest) => {
    expect(sha256Hex(message)).toBe(digest);
    expect(sha256Node(message)).toBe(digest);
  });

  it("agrees with Node's for every length about the block's edges, and for any text", () => {
    for (let length = 0; length < 300; length++) {
      const message = "é".repeat(length >> 1) + "x".repeat(length & 1);
      expect(sha256Hex(message)).toBe(createHash("sha256").update(message).digest("hex"));
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(sha256Hex(text)).toBe(sha256Node(text));
      }),
      { numRuns: 1_000 },
    );
  });
});
