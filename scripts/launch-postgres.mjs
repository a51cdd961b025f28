import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installedPostgres } from "./postgres.mjs";

/** How long the server may take to start, ms. */
const patience = 60_000;

/** Of the role that owns everything. */
export const password = "postgres-password-41c7";

/**
 * Ends the server when this process ends, however that comes: then nobody holds its standard input open.
 * `$0` is the server, `$@` its arguments.
 */
const leash = [
  'exec 3<&0; "$0" "$@" 3<&- & server=$!',
  "{ read -r line <&3; kill -QUIT $server; } & reader=$!",
  "wait $server; kill $reader",
].join("\n");

/**
 * Starts a PostgreSQL on a free loopback port, with `fsync` on, in a temporary folder that goes with it. Runs as the
 * user `postgres` where this process is root's, which PostgreSQL refuses.
 * @param {{ settings?: Record<string, string | number> }} [options]
 */
export async function launchPostgres({ settings = {} } = {}) {
  const programs = installedPostgres();
  if (!programs) throw new Error("no PostgreSQL is installed, and POSTGRES_BIN names none");
  const owner = process.getuid?.() === 0 ? serverOwner() : undefined;
  const folder = mkdtempSync(join(tmpdir(), "beaconry-postgres-"));
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  const port = await freePort();
  /** @type {{ child: import("node:child_process").ChildProcess, ended: Promise<unknown> } | undefined} */
  let running;

  function initialise() {
    writeFileSync(passwordFile, password);
    if (owner) for (const path of [folder, passwordFile]) chownSync(path, owner.uid, owner.gid);
    const args = ["-D", data, "-U", "owner", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8"];
    const { status, error, stderr } = spawnSync(
      join(programs, "initdb"),
      [...args, "--locale=C", "--no-sync", "--no-instructions"],
      { ...owner, cwd: folder, encoding: "utf8" },
    );
    if (status !== 0) throw new Error(`initdb failed: ${error ?? stderr}`);
  }

  async function start() {
    const all = {
      port,
      listen_addresses: "127.0.0.1",
      unix_socket_directories: "",
      logging_collector: "off",
      ...settings,
    };
    const args = ["-D", data, ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const child = spawn("sh", ["-c", leash, join(programs, "postgres"), ...args], {
      ...owner,
      cwd: folder,
      stdio: ["pipe", "ignore", "pipe"],
      // Signals of the terminal are not for the server.
      detached: true,
    });
    running = { child, ended: once(child, "exit") };
    let log = "";
    const ready = Promise.withResolvers();
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log = (log + text).slice(-4_000);
      if (log.includes("ready to accept connections")) ready.resolve(undefined);
    });
    const fail = () => ready.reject(new Error(`PostgreSQL did not start: ${log}`));
    child.once("exit", fail).once("error", fail);
    const timer = setTimeout(fail, patience);
    await ready.promise.finally(() => clearTimeout(timer));
    for (const handle of [child, child.stdin, child.stderr]) handle.unref();
  }

  /** @param {NodeJS.Signals} signal SIGINT ends it in order, SIGQUIT and SIGKILL as a crash would. */
  async function stop(signal = "SIGINT") {
    if (!running) return;
    const { child, ended } = running;
    running = undefined;
    child.ref();
    const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[0]);
    process.kill(pid, signal);
    await ended;
  }

  async function close() {
    await stop("SIGQUIT");
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    initialise();
    await start();
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    /** Of the database `postgres`, as its superuser. */
    url: `postgres://owner:${password}@127.0.0.1:${port}/postgres`,
    start,
    stop,
    close,
  };
}

/** The user whom Debian's package makes. */
function serverOwner() {
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((line) => line.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (!uid) throw new Error("PostgreSQL does not run as root, and there is no user postgres");
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
