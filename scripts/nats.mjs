import { delimiter, join } from "node:path";
import { canRun, installFromDebian } from "./debian.mjs";

/** Where packages put it, beside the folders of `PATH`: root's are not in everybody's. */
const usualFolders = ["/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/** The path of an installed nats-server, if there is any: `NATS_SERVER`, or one in the usual places. */
export function installedNats() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...usualFolders];
  return process.env.NATS_SERVER ?? folders.map((folder) => join(folder, "nats-server")).find(canRun);
}

/**
 * Sees to it that tests find a nats-server: an installed one or, for root on Debian, one installed now. Without any, the
 * tests that need it are left out, and say so; in CI that fails.
 */
export async function ensureNats() {
  if (installedNats()) return;
  await installFromDebian(
    "nats-server",
    "Installing nats-server from Debian's packages, for the tests of the JetStream outbox",
  );
}
