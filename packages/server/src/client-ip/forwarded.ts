/** One element of a `Forwarded` header. */
export interface ForwardedElement {
  /** Whom the proxy took the request from: an address with or without a port, `unknown`, or a hidden name such as `_a`. */
  readonly for?: string;
  /** `http` or `https`, lower-case. */
  readonly proto?: string;
}

/** A longer header is not read: its quotes can only be told from its beginning. */
const longestHeader = 16_384;

/** In the place of a parameter's name: it was there before. No parameter can have it. */
const twice = " ";

/** A parameter: a name, `=`, and a token or a quoted text. Colons outside of quotes are common, though not allowed. */
const parameter = /([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;=\\]*))/y;
const separator = /[\t ]*([;,])[\t ]*/y;

/**
 * Reads `Forwarded` (RFC 7239, section 4), several such headers joined by commas, from the client to the nearest proxy.
 * `undefined` when it breaks the form anywhere: a quote that a stranger has opened may reach into what your own proxy
 * has added. An element that names a parameter twice tells nothing.
 */
export function readForwarded(header: string): readonly ForwardedElement[] | undefined {
  if (header.length > longestHeader) return undefined;
  const text = header.trim();
  let element = new Map<string, string>();
  const elements = [element];
  for (let at = 0; at < text.length; ) {
    parameter.lastIndex = at;
    const [found = "", name = "", quoted, token = ""] = parameter.exec(text) ?? [];
    if (found !== "") {
      const key = name.toLowerCase();
      element.set(element.has(key) ? twice : key, quoted?.replace(/\\(.)/g, "$1") ?? token);
      at += found.length;
      if (at === text.length) break;
    }
    separator.lastIndex = at;
    const [gap = "", sign] = separator.exec(text) ?? [];
    if (gap === "") return undefined;
    at += gap.length;
    if (sign === ",") {
      element = new Map();
      elements.push(element);
    }
  }
  // A list may have empty elements, which say nothing (RFC 9110, section 5.6.1).
  return elements
    .filter(({ size }) => size > 0)
    .map((element) =>
      element.has(twice) ? {} : { for: element.get("for"), proto: element.get("proto")?.toLowerCase() },
    );
}
