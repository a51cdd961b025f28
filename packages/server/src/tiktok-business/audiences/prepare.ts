import type { PeopleStep } from "./people-source.js";
import type { EmailForm } from "./person.js";
import { type AudienceSchema, audienceSchemas } from "./schema.js";
import { createPeopleTaker, type PeopleCounts } from "./take-people.js";
import { type AudienceFile, createFileWriter } from "./write-files.js";

/** How an audience's files are made. */
export interface PrepareOptions {
  readonly schema: AudienceSchema;
  readonly emailForm: EmailForm;
  /** Bytes of one file. */
  readonly largestFile: number;
  /** An empty folder, into which they go. */
  readonly folder: string;
  /** Told of bytes read, and of the people among them. */
  readonly onStep?: (bytes: number, people: number) => void;
}

/** Checks, hashes and writes people into files to upload. */
export async function prepareFiles(
  steps: AsyncIterable<PeopleStep>,
  { schema, emailForm, largestFile, folder, onStep }: PrepareOptions,
): Promise<{ readonly files: readonly AudienceFile[]; readonly counts: PeopleCounts }> {
  const columns: readonly {
    readonly title?: string;
    readonly fields: readonly ("email" | "phone" | "idfa" | "gaid")[];
  }[] = audienceSchemas[schema].columns;
  const titles = columns.flatMap(({ title }) => title ?? []);
  const taker = createPeopleTaker(
    columns.map(({ fields }) => fields),
    emailForm,
  );
  const writer = createFileWriter(folder, titles.length > 0 ? titles.join(",") : undefined, largestFile);
  for await (const { people, bytes = 0 } of steps) {
    for (const person of people) {
      for (const row of taker.take(person)) {
        const full = writer.add(row);
        if (full) await full;
      }
    }
    onStep?.(bytes, people.length);
  }
  return { files: await writer.end(), counts: taker.counts() };
}
