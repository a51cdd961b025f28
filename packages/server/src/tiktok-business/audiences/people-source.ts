import type { AudiencePerson } from "./person.js";

/** People in steps, so that taking each needs no promise of its own. */
export interface PeopleStep {
  readonly people: readonly AudiencePerson[];
  /** Bytes read for this step, where they come from a file. */
  readonly bytes?: number;
}

const largestStep = 1_000;

/** People of anything that gives them one by one. */
export async function* stepsOf(
  people: Iterable<AudiencePerson> | AsyncIterable<AudiencePerson>,
): AsyncGenerator<PeopleStep> {
  let step: AudiencePerson[] = [];
  for await (const person of people) {
    step.push(person);
    if (step.length < largestStep) continue;
    yield { people: step };
    step = [];
  }
  if (step.length > 0) yield { people: step };
}
