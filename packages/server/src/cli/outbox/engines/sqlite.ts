import { existsSync } from "node:fs";
import { type Engine, unlimited } from "./engine.js";

/** At a path. */
export const sqlite: Engine = {
  async open(path, mayBeNew) {
    if (!mayBeNew && !existsSync(path)) return undefined;
    const { sqliteOutbox } = await import("../../../sqlite/sqlite-outbox.js");
    const limits = { maxParcels: unlimited, maxDeadLetters: unlimited, maxOnce: unlimited, maxBytes: unlimited };
    return sqliteOutbox({ path, ...limits });
  },
};
