// `npm run demo`: installs, builds, then starts the sandbox and the example shop. `-- --drive` shops once and ends.
import { findChromium } from "./chromium.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const args = process.argv.slice(2);
await installAndBuild();
const environment = args.includes("--drive") ? { CHROMIUM_PATH: await findChromium() } : {};
say("Starting the sandbox and the shop");
process.exitCode = await pnpm(["--silent", "--filter", "@beaconry/example-shop", "run", "demo", ...args], environment);
