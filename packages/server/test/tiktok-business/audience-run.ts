import { syncAudience, tiktokBusiness } from "../../src/tiktok-business/index.js";

const [baseUrl = "", csv = "", state = ""] = process.argv.slice(2);
const { audiences } = tiktokBusiness({ accessToken: "token", baseUrl });
await syncAudience({
  audiences,
  accountId: "7000000000000000001",
  audience: { name: "Buyers" },
  action: "replace",
  schema: "email",
  csv,
  state,
  largestFile: 100_000,
});
