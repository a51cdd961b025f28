// For `npm run demo`: Meta on this machine, in the place of the real one. Open its address to watch events arrive.
import { createSandbox } from "@beaconry/server/sandbox";

const { url } = await createSandbox({ port: 4010 });
Object.assign(process.env, { META_APP_ID: "2000000000002", META_APP_SECRET: "any", META_API_URL: url });
console.log(`Sandbox: ${url}`);
