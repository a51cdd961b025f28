import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(root + file, "utf8");
const workflows = globSync(".github/workflows/*.yml", { cwd: root });
const actions = globSync(".github/actions/*/action.yml", { cwd: root });

/** The jobs of a workflow, each by name with its text. */
function jobsOf(workflow: string): [string, string][] {
  const [, jobs = ""] = workflow.split(/^jobs:\n/m);
  return [...jobs.matchAll(/^ {2}(\S+):\n((?: {4}.*\n|\n)+)/gm)].map(([, name = "", text = ""]) => [name, text]);
}

it.each([...workflows, ...actions])("%s takes other people's actions by commit alone", (file) => {
  const uses = [...read(file).matchAll(/uses: (\S+)(.*)$/gm)].filter(([, name = ""]) => !name.startsWith("./"));
  expect(uses.length).toBeGreaterThan(0);
  for (const [, name, comment] of uses) {
    expect(name).toMatch(/^[\w-]+\/[\w./-]+@[\da-f]{40}$/);
    expect(comment).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
});

it("takes each action in one version", () => {
  const all = [...workflows, ...actions].flatMap((file) => [
    ...read(file).matchAll(/uses: ([\w-]+\/[\w-]+)\S*@(\w+)/g),
  ]);
  const versions = Map.groupBy(all, ([, repository]) => repository);
  for (const uses of versions.values()) expect(new Set(uses.map(([, , commit]) => commit)).size).toBe(1);
});

describe.each(workflows)("%s", (file) => {
  const jobs = jobsOf(read(file));

  it("gives no rights but by job, and ends", () => {
    expect(read(file)).toMatch(/^permissions: \{\}$/m);
    expect(jobs.length).toBeGreaterThan(0);
    for (const [, job] of jobs) {
      expect(job).toMatch(/^ {4}permissions:$/m);
      expect(job).toMatch(/^ {4}timeout-minutes: \d+$/m);
    }
  });

  it("puts nothing that others can write into a command", () => {
    for (const [, command] of read(file).matchAll(/run: (.*)$/gm)) expect(command).not.toContain("${{");
  });
});

it("lets only the job that publishes speak for the repository, and that one builds nothing", () => {
  const jobs = workflows.flatMap((file) => jobsOf(read(file)));
  const trusted = jobs.filter(([, text]) => text.includes("id-token"));
  expect(trusted.map(([name]) => name)).toEqual(["publish"]);
  expect(trusted[0]?.[1]).not.toMatch(/run build|actions\/install/);
  for (const [, text] of jobs) expect(text).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});
