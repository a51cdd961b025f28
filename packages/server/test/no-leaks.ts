import { afterAll, expect } from "vitest";
import { tokens } from "./shop.js";

// Runs before every test file of the package: whatever any of them makes the SDK write, the secrets are not in it.

const secrets = [
  ...Object.values(tokens),
  "ada@example.com",
  // SHA-256 of the same.
  "b5fc85e55755f9e0d030a10ab4429b6b2944855f9a0d60077fe832becbc41d72",
];
const leaks: string[] = [];

function watch(where: string, target: Record<string, unknown>, method: string): void {
  const original = target[method] as (...args: unknown[]) => unknown;
  target[method] = (...args: unknown[]) => {
    const text = args.map(String).join(" ");
    if (secrets.some((secret) => text.includes(secret))) leaks.push(`${where}: ${text.slice(0, 200)}`);
    return original.apply(target, args);
  };
}

for (const method of ["debug", "log", "info", "warn", "error"]) {
  watch(`console.${method}`, console as unknown as Record<string, unknown>, method);
}
for (const stream of ["stdout", "stderr"] as const) {
  watch(stream, process[stream] as unknown as Record<string, unknown>, "write");
}

afterAll(() => {
  expect(leaks).toEqual([]);
});
