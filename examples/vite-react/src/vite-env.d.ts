/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_META_PIXEL_ID: string;
  readonly VITE_META_SCRIPT_URL?: string;
  readonly VITE_TIKTOK_PIXEL_CODE: string;
  readonly VITE_TIKTOK_SCRIPT_URL?: string;
}
