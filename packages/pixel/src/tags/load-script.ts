/** How a vendor's script is loaded. */
export interface ScriptOptions {
  /** For a Content Security Policy. */
  nonce?: string;
  onLoad(): void;
  /** Also where a content blocker or a policy stops it. */
  onError(): void;
}

/** Adds a script to the page that loads without holding it up. */
export function loadScript({ document }: Window, url: string, { nonce, onLoad, onError }: ScriptOptions): void {
  const script = document.createElement("script");
  script.async = true;
  if (nonce) script.nonce = nonce;
  script.onload = onLoad;
  script.onerror = onError;
  script.src = url;
  (document.head ?? document.documentElement).append(script);
}
