// `npm run demo`: both vendors on this machine, and the shop that tells them.
import { spawn } from "node:child_process";
import { createSandbox } from "@beaconry/server/sandbox";

const { url } = await createSandbox({ port: 4010 });
console.log(`Sandbox: ${url}`);
const next = spawn("npx", ["next", "dev", "--hostname", "127.0.0.1"], {
  stdio: "inherit",
  env: {
    ...process.env,
    NEXT_PUBLIC_TIKTOK_PIXEL_CODE: "C0DEMO00000000000000",
    NEXT_PUBLIC_TIKTOK_SCRIPT_URL: `${url}/i18n/pixel/events.js`,
    NEXT_PUBLIC_META_PIXEL_ID: "1000000000001",
    NEXT_PUBLIC_META_SCRIPT_URL: `${url}/en_US/fbevents.js`,
    TIKTOK_TOKEN: "any",
    TIKTOK_API_URL: url,
    META_TOKEN: "any",
    META_API_URL: url,
  },
});
next.on("exit", (code) => process.exit(code ?? 0));
