import type { UserField } from "@beaconry/core";

/** The fields of a person. */
export const userFields = [
  "email",
  "phone",
  "firstName",
  "lastName",
  "birthDate",
  "gender",
  "city",
  "state",
  "zip",
  "country",
  "externalId",
] as const satisfies readonly UserField[];
