import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tracker } from "@beaconry/server";
import { createSandbox, type Sandbox } from "@beaconry/server/sandbox";
import { sqliteJournal } from "@beaconry/server/sqlite";
import { getRequestListener } from "@hono/node-server";
import type { Settings } from "../server/settings.ts";
import { createShop } from "../server/shop.ts";
import { createShopTracker } from "../server/tracking.ts";
import { createEdge, free, listen } from "./edge.ts";

/** Credentials of the demo; `drive` looks for them where they must not be. */
export const secrets = ["demo-tiktok-token", "demo-meta-token", "demo-app-secret"] as const;

/** A running demo. */
export interface Demo extends AsyncDisposable {
  sandbox: Sandbox;
  tracker: Tracker;
  /** The shop, through its reverse proxy. */
  shopUrl: string;
  /** The file of the shop's journal, which is gone with the demo. */
  journalPath: string;
}

/** Starts the sandbox, the shop and the proxy in front of it, all on loopback. */
export async function startDemo(ports: { sandbox?: number; shop?: number } = {}): Promise<Demo> {
  const sandbox = await createSandbox({ port: await free(ports.sandbox ?? 0) });
  const settings: Settings = {
    tiktok: {
      pixelCode: "C0DEMO00000000000000",
      accessToken: secrets[0],
      apiUrl: sandbox.url,
      scriptUrl: `${sandbox.url}/i18n/pixel/events.js`,
    },
    meta: {
      pixelId: "1000000000001",
      accessToken: secrets[1],
      apiUrl: sandbox.url,
      scriptUrl: `${sandbox.url}/en_US/fbevents.js`,
    },
    app: { id: "2000000000002", secret: secrets[2] },
    trustProxy: ["loopback"],
  };
  const folder = mkdtempSync(join(tmpdir(), "beaconry-shop-"));
  const journalPath = join(folder, "journal.db");
  const journal = sqliteJournal({ path: journalPath });
  const tracker = createShopTracker(settings, journal);
  const shop = createServer(getRequestListener(createShop(settings, tracker).fetch));
  const edge = createEdge(await listen(shop));
  const port = await listen(edge, ports.shop);
  return {
    sandbox,
    tracker,
    shopUrl: `http://127.0.0.1:${port}`,
    journalPath,
    async [Symbol.asyncDispose]() {
      for (const server of [edge, shop]) {
        server.closeAllConnections();
        server.close();
      }
      await tracker.close();
      await journal.close();
      await sandbox.close();
      rmSync(folder, { recursive: true });
    },
  };
}
