import type { Issue, PersonRead, UserData } from "@beaconry/core";
import { hashUsualForms } from "@beaconry/core/page";
import type { Environment } from "./environment.js";

/** Reads a person's data. */
export type ReadPerson = (user: UserData, files: Pick<Environment, "importPhone">) => PersonRead;

/**
 * Reads the forms that most data comes in; what reads every other is loaded when one is met, since few pages need it.
 * @param importPerson loads it
 */
export function usualForms(importPerson = () => import("@beaconry/core/person")): ReadPerson {
  return (user, { importPhone }) => {
    const { matchKeys, unread } = hashUsualForms(user);
    if (!unread.length) return { matchKeys, issues: [] };
    return {
      matchKeys,
      issues: [],
      async rest(found) {
        const person = await importPerson().catch(() => undefined);
        if (!person) return found({}, unread.map(notLoaded));
        const { matchKeys, issues, rest } = person.readPerson(user, importPhone);
        found(matchKeys, issues);
        await rest?.(found);
      },
    };
  };
}

function notLoaded(name: string): Issue {
  const path = `user.${name}`;
  const message = `${path} is left out: @beaconry/core/person, which reads this form of it, could not be loaded`;
  return { severity: "warning", code: "unusable", path, message };
}
