/** What the shop needs to know. Tokens and the secret stay here: no page ever gets them. */
export interface Settings {
  tiktok: { pixelCode: string; accessToken: string; apiUrl?: string; scriptUrl?: string };
  meta: { pixelId: string; accessToken: string; apiUrl?: string; scriptUrl?: string };
  app: { id: string; secret: string };
  /** Proxies in front of the shop whose `X-Forwarded-For` is believed. */
  trustProxy: readonly string[];
}

/** What a page may know: public ids and where the vendors' scripts are. */
export interface PublicSettings {
  meta: { pixelId: string; scriptUrl?: string };
  tiktok: { pixelCode: string; scriptUrl?: string };
}

export function publicSettings({ meta, tiktok }: Settings): PublicSettings {
  return {
    meta: { pixelId: meta.pixelId, scriptUrl: meta.scriptUrl },
    tiktok: { pixelCode: tiktok.pixelCode, scriptUrl: tiktok.scriptUrl },
  };
}
