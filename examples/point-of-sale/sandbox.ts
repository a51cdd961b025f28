// For `npm run demo`: both vendors on this machine, in the place of the real ones. Says what has arrived.
import { createSandbox } from "@beaconry/server/sandbox";

const sandbox = await createSandbox();
Object.assign(process.env, {
  TIKTOK_OFFLINE_EVENT_SET_ID: "7000000000000000001",
  TIKTOK_TOKEN: "any",
  TIKTOK_API_URL: sandbox.url,
  META_PIXEL_ID: "1000000000001",
  META_TOKEN: "any",
  META_API_URL: sandbox.url,
});
sandbox.on(({ vendor, name, id, outcome, matchKeys }) => console.log(vendor, name, id, outcome, matchKeys.join(" ")));
