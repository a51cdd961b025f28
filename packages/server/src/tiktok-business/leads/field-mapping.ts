import { BeaconryError, type UserData } from "@beaconry/core";
import type { TikTokLead } from "./lead.js";

/** What is known of the person beside what vendors match on. */
export interface LeadContact {
  /** First and last name in one, as most forms ask for it. It is not taken apart: that would be guessing. */
  readonly name?: string;
  readonly address?: string;
  readonly company?: string;
  readonly jobTitle?: string;
}

/** Fields of a person that an answer may stand for. */
export const leadFields = [
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
  "name",
  "address",
  "company",
  "jobTitle",
] as const satisfies readonly (keyof UserData | keyof LeadContact)[];

/** One of {@link leadFields}. */
export type LeadField = (typeof leadFields)[number];

/** What becomes of an answer: a field of the person, another name, or (`null`) nothing: it is not kept. */
export type LeadTarget = LeadField | { readonly as: string } | null;

/** How the answers of one form are read. */
export interface LeadForm {
  /**
   * The form's question → what its answer is. Questions of TikTok's own, such as `phone_number`, need not be named; the
   * others keep their own names among `fields`.
   */
  fields?: Readonly<Record<string, LeadTarget>>;
  /** Where the form's people live, for phone numbers without a country code and unless they say it. Such as `DE`. */
  country?: string;
}

/** Forms by TikTok's id (its `page_id`). `default` is for forms that have no entry. */
export type LeadForms = Readonly<Record<string, LeadForm>>;

/** A lead whose answers have meaning. Personal data in the clear. */
export interface MappedLead extends Omit<TikTokLead, "answers"> {
  /** For `tracker.track` and for audiences. */
  readonly user: UserData;
  readonly contact: LeadContact;
  /** All other answers, under the form's own names or those that you gave. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Questions as TikTok and its forms' languages name them, in the form of {@link plain}. */
const usualQuestions: Readonly<Record<string, LeadField>> = {
  email: "email",
  "e mail": "email",
  "email address": "email",
  "phone number": "phone",
  phone: "phone",
  "mobile number": "phone",
  name: "name",
  "full name": "name",
  "first name": "firstName",
  "last name": "lastName",
  gender: "gender",
  birthday: "birthDate",
  "date of birth": "birthDate",
  address: "address",
  "street address": "address",
  city: "city",
  state: "state",
  province: "state",
  "zip code": "zip",
  "postal code": "zip",
  country: "country",
  company: "company",
  "company name": "company",
  "job title": "jobTitle",
};

const contactFields = ["name", "address", "company", "jobTitle"] as const satisfies readonly (keyof LeadContact)[];

/**
 * Makes what reads leads by these tables. Throws `invalid_option` for a form's entry that names no field.
 * @param forms default: TikTok's own questions are read, all others keep their names
 */
export function leadMapper(forms: LeadForms = {}): (lead: TikTokLead) => MappedLead {
  const readers = new Map(Object.entries(forms).map(([id, form]) => [id, createReader(id, form)]));
  const other = readers.get("default") ?? createReader("default", {});
  return (lead) => (readers.get(lead.form?.id ?? "default") ?? other)(lead);
}

function createReader(id: string, form: LeadForm): (lead: TikTokLead) => MappedLead {
  const { targets, country } = checkForm(id, form);
  const claimed = new Set(targets.values());
  /** A question that the form names wins over one that only sounds like the same field. */
  const targetOf = (question: string): LeadTarget => {
    const named = targets.get(plain(question));
    if (named !== undefined) return named;
    const usual = Object.hasOwn(usualQuestions, plain(question)) ? usualQuestions[plain(question)] : undefined;
    return usual !== undefined && !claimed.has(usual) ? usual : { as: question };
  };
  return ({ answers, ...lead }) => {
    const person = new Map<LeadField, string>();
    const fields: [string, string][] = [];
    for (const [question, answer] of Object.entries(answers)) {
      const target = targetOf(question);
      if (target === null) continue;
      if (typeof target === "object") fields.push([target.as, answer]);
      // Two of TikTok's questions for one field, such as phone and mobile: neither answer may get lost.
      else if (person.has(target)) fields.push([question, answer]);
      else if (answer.trim() !== "") person.set(target, answer.trim());
    }
    if (country !== undefined && !person.has("country") && person.has("phone")) person.set("country", country);
    const isContact = ([field]: readonly [LeadField, string]) => contactFields.some((one) => one === field);
    const known = [...person];
    return {
      ...lead,
      user: Object.fromEntries(known.filter((one) => !isContact(one))),
      contact: Object.fromEntries(known.filter(isContact)),
      fields: Object.fromEntries(fields),
    };
  };
}

function checkForm(id: string, form: LeadForm): { targets: Map<string, LeadTarget>; country: string | undefined } {
  const fail = (what: string, accepted: string): never => {
    throw new BeaconryError("invalid_option", `leadMapper: ${what}, accepted is ${accepted}`);
  };
  if (id !== "default" && !/^\d+$/.test(id)) fail(`${id} is no form's id`, "digits, or default");
  if (typeof form !== "object" || form === null) fail(`form ${id} is no object`, "{ fields, country }");
  const stranger = Object.keys(form).find((name) => name !== "fields" && name !== "country");
  if (stranger !== undefined) fail(`form ${id} has ${stranger}`, "fields, country");
  const { fields = {}, country } = form;
  if (country !== undefined && !(typeof country === "string" && /^[a-z]{2}$/i.test(country))) {
    fail(`country of form ${id} does not fit`, "an ISO 3166-1 alpha-2 code such as DE");
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields))
    fail(`fields of form ${id} does not fit`, "an object");
  const targets = new Map<string, LeadTarget>();
  for (const [question, target] of Object.entries(fields)) {
    const isName = typeof target === "object" && target !== null && typeof target.as === "string" && target.as !== "";
    if (target !== null && !isName && !leadFields.some((field) => field === target)) {
      fail(`"${question}" of form ${id} goes to no field`, `${leadFields.join(", ")}, { as: "…" } or null`);
    }
    const name = typeof target === "string" ? target : undefined;
    if (name !== undefined && [...targets.values()].includes(name))
      fail(`form ${id} has two questions for ${name}`, "one");
    targets.set(plain(question), target);
  }
  return { targets, country };
}

/** `Phone_Number` and `phone number` are one question. */
function plain(question: string): string {
  return question
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, " ");
}
