/** The page's cookies: first-party, not sent along with other sites' requests. */
export interface CookieJar {
  names(): string[];
  read(name: string): string | undefined;
  /** For the widest domain that the browser allows, or the one given; `days` is its life. */
  write(name: string, value: string, days: number): void;
  erase(name: string): void;
}

/**
 * On `document.cookie`, whose very getter throws in a sandboxed frame: there are none then.
 * @param domain of the cookies; without it, the widest that this page may have, as the vendors' own scripts do
 */
export function openCookies({ document, location }: Window, domain: string | undefined): CookieJar {
  const pairs = () => {
    try {
      return document.cookie.split("; ");
    } catch {
      return [];
    }
  };
  const set = (name: string, value: string, maxAge: number, of: string | undefined) => {
    const attributes = `Max-Age=${maxAge}; Path=/; SameSite=Lax${of ? `; Domain=${of}` : ""}`;
    try {
      document.cookie = `${name}=${value}; ${attributes}${location.protocol === "https:" ? "; Secure" : ""}`;
    } catch {
      // As said.
    }
  };
  const read = (name: string) =>
    pairs()
      .find((pair) => pair.startsWith(`${name}=`))
      ?.slice(name.length + 1) || undefined;
  // From the widest to this host. A browser refuses those that belong to nobody alone, such as `co.uk`.
  const labels = location.hostname.split(".");
  const domains = labels.map((_, from) => labels.slice(from).join(".")).reverse();
  const erase = (name: string) => {
    for (const of of [undefined, ...domains]) set(name, "", -1, of);
  };
  return {
    names: () => pairs().map((pair) => pair.replace(/=.*/s, "")),
    read,
    write(name, value, days) {
      // One of the same name on another domain would go on being read.
      erase(name);
      [...(domain ? [domain] : domains), undefined].find((of) => {
        set(name, value, days * 86_400, of);
        return read(name) === value;
      });
    },
    erase,
  };
}
