import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { installedNats } from "./nats.mjs";

/** How long a server may take to be ready, ms. */
const patience = 30_000;

/**
 * Ends the server when this process ends, however that comes: then nobody holds its standard input open.
 * `$0` is the server, `$@` its arguments.
 */
const leash = [
  "exec 3<&0",
  '"$0" "$@" & server=$!',
  "(read -r line <&3; kill -KILL $server) 2>/dev/null & watcher=$!",
  "wait $server",
  "kill $watcher",
].join("\n");

/**
 * Starts nats-servers with JetStream on free loopback ports: one, or a cluster. What they store lies in a temporary
 * folder, which goes with them.
 * @param {{ servers?: number, config?: string }} [options] `config`: lines for the configuration of each
 */
export async function launchNats({ servers: count = 1, config = "" } = {}) {
  const program = installedNats();
  if (!program) throw new Error("no nats-server is installed, and NATS_SERVER names none");
  const folder = mkdtempSync(join(tmpdir(), "beaconry-nats-"));
  const ports = await freePorts(count * 3);
  const clusterPorts = ports.slice(count, count * 2);
  const servers = Array.from({ length: count }, (_, index) => {
    const name = `server-${index + 1}`;
    const [port, clusterPort, httpPort] = [ports[index], clusterPorts[index], ports[count * 2 + index]];
    const routes = clusterPorts.map((other) => `nats://127.0.0.1:${other}`).join(", ");
    const files = { config: join(folder, `${name}.conf`), pid: join(folder, `${name}.pid`) };
    writeFileSync(
      files.config,
      `server_name: ${name}
       listen: "127.0.0.1:${port}"
       http: "127.0.0.1:${httpPort}"
       pid_file: "${files.pid}"
       jetstream { store_dir: "${join(folder, name)}" }
       ${count > 1 ? `cluster { name: test, listen: "127.0.0.1:${clusterPort}", routes: [${routes}] }` : ""}
       ${config}`,
    );
    return createServerProcess({ program, name, url: `nats://127.0.0.1:${port}`, files, httpPort });
  });

  async function close() {
    await Promise.all(servers.map((server) => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await Promise.all(servers.map((server) => server.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return { urls: servers.map(({ url }) => url), servers, close };
}

/** One nats-server that can be killed, and started again on what it has stored. */
function createServerProcess({ program, name, url, files, httpPort }) {
  /** @type {{ child: import("node:child_process").ChildProcess, ended: Promise<unknown> } | undefined} */
  let running;

  async function isReady() {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/healthz?js-server-only=true`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true;
  }

  async function start() {
    const child = spawn("sh", ["-c", leash, program, "-c", files.config], {
      stdio: ["pipe", "ignore", "pipe"],
      // Signals of the terminal are not for the server.
      detached: true,
    });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      log = (log + text).slice(-4_000);
    });
    running = { child, ended: once(child, "exit") };
    child.unref();
    for (const end = performance.now() + patience; !(await isReady()); await sleep(20)) {
      if (child.exitCode !== null || performance.now() > end) throw new Error(`${name} is not ready: ${log}`);
    }
  }

  /** @param {NodeJS.Signals} signal */
  async function end(signal) {
    if (!running) return;
    const { child, ended } = running;
    running = undefined;
    child.ref();
    try {
      process.kill(Number(readFileSync(files.pid, "utf8")), signal);
    } catch {
      // It did not come as far as to write its number, or has ended by itself.
      child.stdin?.end();
    }
    await ended;
    rmSync(files.pid, { force: true });
  }

  return { name, url, start, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}

/** Ports that nobody listened on a moment ago. */
async function freePorts(count) {
  const listening = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      return server;
    }),
  );
  const ports = listening.map((server) => server.address().port);
  await Promise.all(listening.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
