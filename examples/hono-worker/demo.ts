// `npm run demo`: both vendors on this machine, and the worker in Cloudflare's own runtime.
import { spawn } from "node:child_process";
import { createSandbox } from "@beaconry/server/sandbox";

const { url } = await createSandbox({ port: 4010 });
console.log(`Sandbox: ${url}`);
const wrangler = spawn("npx", ["wrangler", "dev", "--env", "demo", "--port", "3000"], { stdio: "inherit" });
wrangler.on("exit", (code) => process.exit(code ?? 0));
