// `npm run bench`: installs, builds, and measures beside other libraries and a bare `fetch`. Takes about five minutes.
import { findChromium } from "./chromium.mjs";
import { ensureNats } from "./nats.mjs";
import { ensurePostgres } from "./postgres.mjs";
import { installAndBuild, pnpm, say } from "./steps.mjs";

const environment = { CHROMIUM_PATH: await findChromium() };
await ensurePostgres();
await ensureNats();
await installAndBuild();
say("Events built per second");
const core = await pnpm(["--silent", "--filter", "@beaconry/core", "run", "bench"]);
say("What a call of track costs a page");
const pixel = await pnpm(["--silent", "exec", "node", "packages/pixel/bench/track.mjs"], environment);
say("Delivery, into a stub that answers at once");
const delivery = await pnpm(["--silent", "exec", "node", "--expose-gc", "packages/server/bench/delivery.mjs"]);
say("The outbox on disk");
const outbox = await pnpm(["--silent", "exec", "node", "packages/server/bench/outbox.mjs"]);
say("The outbox in PostgreSQL");
const postgres = await pnpm(["--silent", "exec", "node", "packages/server/bench/outbox-postgres.mjs"]);
say("The outbox in JetStream");
const jetstream = await pnpm(["--silent", "exec", "node", "packages/server/bench/outbox-jetstream.mjs"]);
say("The collector into the outbox on disk");
const intake = await pnpm(["--silent", "exec", "node", "packages/server/bench/intake.mjs"]);
process.exitCode = core || pixel || delivery || outbox || postgres || jetstream || intake;
