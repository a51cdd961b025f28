// For `npm run demo`: both vendors on this machine, in the place of the real ones. Open its address to watch events arrive.
import { createSandbox } from "@beaconry/server/sandbox";

const { url } = await createSandbox({ port: 4010 });
Object.assign(process.env, {
  TIKTOK_PIXEL_CODE: "C0DEMO00000000000000",
  TIKTOK_TOKEN: "any",
  TIKTOK_API_URL: url,
  META_PIXEL_ID: "1000000000001",
  META_TOKEN: "any",
  META_API_URL: url,
});
console.log(`Sandbox: ${url}`);
