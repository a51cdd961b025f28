import ky from "ky";

/** A request to a vendor. */
export interface VendorRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A vendor's answer; `body` is cut at a megabyte. */
export interface VendorAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/** Sends one request. Rejects when no whole answer came: no connection, time out, abort. */
export type Transport = (request: VendorRequest, signal: AbortSignal) => Promise<VendorAnswer>;

const longestAnswer = 1_048_576;

/**
 * The default transport, on ky: runs wherever `fetch` does. Retrying is the delivery's business, so ky is told to do
 * none; redirects are refused, since they would carry the token elsewhere.
 * @param timeout milliseconds for connection and answer together
 */
export function kyTransport({ timeout = 10_000 }: { timeout?: number } = {}): Transport {
  return async ({ url, headers, body }, signal) => {
    const response = await ky.post(url, {
      body,
      headers,
      signal,
      timeout,
      totalTimeout: timeout,
      redirect: "error",
      throwHttpErrors: false,
      retry: { limit: 0 },
    });
    return { status: response.status, headers: response.headers, body: await readText(response) };
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > longestAnswer) break;
  }
  return text.slice(0, longestAnswer);
}
