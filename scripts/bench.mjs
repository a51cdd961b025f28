// `npm run bench`: installs, builds, and measures beside other libraries in one run. Takes about a minute.
import { installAndBuild, pnpm, say } from "./steps.mjs";

await installAndBuild();
say("Events built per second");
process.exitCode = await pnpm(["--silent", "--filter", "@beaconry/core", "run", "bench"]);
