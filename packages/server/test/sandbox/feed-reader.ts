import type { FeedEntry, FeedMessage } from "../../src/sandbox/feed/entries.js";

/** The sandbox's stream as an EventSource reads it, message by message. */
export class FeedReader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly response: Response;
  #text = "";
  /** The id of the last message. */
  lastId: string | undefined;

  private constructor(response: Response, body: ReadableStream<string>) {
    this.response = response;
    this.#reader = body.getReader();
  }

  static async open(url: string, lastId?: string): Promise<FeedReader> {
    const headers: Record<string, string> = lastId === undefined ? {} : { "last-event-id": lastId };
    const response = await fetch(`${url}/_sandbox/stream`, { headers });
    if (!response.body) throw new Error("no stream");
    return new FeedReader(response, response.body.pipeThrough(new TextDecoderStream()));
  }

  /** The next message; comments and settings of the stream are passed over. */
  async next(): Promise<FeedMessage> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const { value, done } = await this.#reader.read();
        if (done) throw new Error("the stream ended");
        this.#text += value;
        continue;
      }
      const lines = this.#text.slice(0, end).split("\n");
      this.#text = this.#text.slice(end + 2);
      const field = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
      this.lastId = field("id") ?? this.lastId;
      const data = field("data");
      if (data !== undefined) return JSON.parse(data) as FeedMessage;
    }
  }

  /** Every entry up to the message that fulfils the condition. */
  async until(isLast: (message: FeedMessage, entries: readonly FeedEntry[]) => boolean): Promise<FeedEntry[]> {
    const entries: FeedEntry[] = [];
    for (;;) {
      const message = await this.next();
      if (message.type === "entries") entries.push(...message.entries);
      if (isLast(message, entries)) return entries;
    }
  }

  /** All that is kept. */
  async live(): Promise<FeedEntry[]> {
    return this.until(({ type }) => type === "live");
  }

  async close(): Promise<void> {
    // It may have ended already, and not well.
    await this.#reader.cancel().catch(() => undefined);
  }
}
