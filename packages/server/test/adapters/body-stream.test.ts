import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { readBodyStream } from "../../src/node/body-stream.js";

const asRequest = (stream: Readable) => Object.assign(stream, { complete: false });
const turn = () => new Promise((resolve) => setTimeout(resolve, 10));

describe("a body as a stream", () => {
  it("is read no further than somebody asks", async () => {
    let made = 0;
    const source = new Readable({
      highWaterMark: 1,
      read() {
        made++;
        this.push(Buffer.alloc(10_000));
      },
    });
    const reader = readBodyStream(asRequest(source)).getReader();
    await turn();
    expect(made).toBeLessThan(20);
    const before = made;
    for (let count = 0; count < 20; count++) await reader.read();
    await turn();
    expect(made).toBeGreaterThan(before);
    expect(made).toBeLessThan(60);
    source.destroy();
  });

  it("comes whole and in order", async () => {
    const source = new PassThrough();
    const text = new Response(readBodyStream(asRequest(source))).text();
    for (const part of ["one ", "two ", "three"]) {
      source.write(part);
      await turn();
    }
    source.end();
    expect(await text).toBe("one two three");
  });

  it("fails when the client goes away, with an error of its own or without", async () => {
    for (const error of [undefined, new Error("reset")]) {
      const source = new PassThrough();
      const read = readBodyStream(asRequest(source)).getReader().read();
      source.destroy(error);
      await expect(read).rejects.toThrow("gone away");
    }
  });

  it("fails when the client had gone away before", async () => {
    const source = new PassThrough().on("error", () => {});
    source.destroy();
    await turn();
    await expect(readBodyStream(asRequest(source)).getReader().read()).rejects.toThrow("gone away");
  });

  it("that is cancelled leaves the connection as it is, and throws the rest away", async () => {
    const source = new PassThrough();
    const reader = readBodyStream(asRequest(source)).getReader();
    source.write("one");
    await reader.read();
    await reader.cancel();
    for (let count = 0; count < 10; count++) source.write(Buffer.alloc(50_000));
    await turn();
    expect([source.destroyed, source.readableLength]).toEqual([false, 0]);
    source.destroy(new Error("reset"));
    await turn();
  });
});
