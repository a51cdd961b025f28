// `npm run bench`: installs, builds, and measures beside other libraries and a bare `fetch`. Takes about two minutes.
import { findChromium } from "./chromium.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const environment = { CHROMIUM_PATH: await findChromium() };
await installAndBuild();
say("Events built per second");
const core = await pnpm(["--silent", "--filter", "@beaconry/core", "run", "bench"]);
say("What a call of track costs a page");
const pixel = await pnpm(["--silent", "exec", "node", "packages/pixel/bench/track.mjs"], environment);
process.exitCode = core || pixel;
