const day = 86_400;

/** The page's cookies. */
export interface CookieJar {
  names(): string[];
  read(name: string): string | undefined;
  /** First-party, for the whole site, not sent along with other sites' requests; `days` is its life. */
  write(name: string, value: string, days: number): void;
  erase(name: string): void;
}

/**
 * On `document.cookie`.
 * @param domain of the cookies; without it, the page's host alone
 */
export function openCookies({ document, location }: Window, domain: string | undefined): CookieJar {
  const set = (name: string, value: string, maxAge: number, of: string | undefined) => {
    const attributes = `Max-Age=${maxAge}; Path=/; SameSite=Lax${of ? `; Domain=${of}` : ""}`;
    document.cookie = `${name}=${value}; ${attributes}${location.protocol === "https:" ? "; Secure" : ""}`;
  };
  return {
    names: () => document.cookie.split("; ").map((pair) => pair.replace(/=.*/s, "")),
    read(name) {
      const pair = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
      return pair?.slice(name.length + 1) || undefined;
    },
    write: (name, value, days) => set(name, value, days * day, domain),
    erase(name) {
      set(name, "", -1, undefined);
      // The vendors' scripts write to the widest domain that the browser lets them, so every parent is tried.
      const labels = location.hostname.split(".");
      for (let from = 0; from < labels.length; from++) set(name, "", -1, labels.slice(from).join("."));
    },
  };
}
