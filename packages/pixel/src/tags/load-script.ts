interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** One for the page: a policy's name may be used once. */
let policy: { createScriptURL(url: string): string } | undefined;

/**
 * Adds a script to the page that loads without holding it up. Under Trusted Types the address goes through a policy
 * of the name `beaconry`.
 * @param nonce for a Content Security Policy
 * @param onError also where a content blocker or a policy stops it
 */
export function loadScript(window: Window, url: string, nonce: string | undefined, onError: () => void): void {
  const { document, trustedTypes } = window as Window & { trustedTypes?: TrustedTypes };
  const script = document.createElement("script");
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.onerror = onError;
  policy ??= trustedTypes?.createPolicy("beaconry", { createScriptURL: (url) => url });
  script.src = policy?.createScriptURL(url) ?? url;
  (document.head ?? document.documentElement).append(script);
}
