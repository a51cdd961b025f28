import { createTracker, metaAppEvents } from "@beaconry/server";

const { META_APP_ID = "", META_APP_SECRET = "" } = process.env;

export const tracker = createTracker({
  destinations: [
    metaAppEvents({
      appId: META_APP_ID,
      appSecret: META_APP_SECRET,
      baseUrl: process.env.META_API_URL, // the sandbox's; unset, it is Meta's own
    }),
  ],
  trustProxy: ["loopback"], // the web server in front, on this machine, says which address the phone has
});

tracker.on("dead", ({ destination, name, id, reason }) => console.error("given up:", destination, name, id, reason));
