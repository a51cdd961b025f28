import { checkOptions, numberFrom, oneOf, type Rule, required, someText, textLike } from "@beaconry/core/internal";
import type { BusinessApi } from "../api.js";
import { stepsOf } from "./people-source.js";
import type { AudiencePerson, EmailForm, PersonField } from "./person.js";
import { createPeopleTaker, type PeopleCounts, type PeopleTaker } from "./take-people.js";

/** People of a streaming segment. */
export interface SegmentPeople {
  /** Accounts that own the segments, all of one Business Center. */
  readonly accountIds: readonly string[];
  readonly segmentIds: readonly string[];
  readonly people: Iterable<AudiencePerson> | AsyncIterable<AudiencePerson>;
  /** What of each person is sent. Default e-mail and phone. */
  readonly fields?: readonly PersonField[];
  /** Default `withoutDotsAndTags`, as TikTok's document on streaming segments has it. */
  readonly emailForm?: EmailForm;
  /** People of one call, at most 10,000. Default 1,000. */
  readonly batchSize?: number;
}

/** Streaming segments: audiences without files, which TikTok shows as partner audiences. */
export interface Segments {
  /** Makes a segment of this name, at most 70 characters; gives its id. A second call makes a second one, see `mayBeDone`. */
  create(accountId: string, name: string): Promise<string>;
  delete(accountId: string, id: string): Promise<void>;
  /** Adds people, each once. Throws `invalid_option`. */
  add(people: SegmentPeople): Promise<PeopleCounts>;
  /** Takes people out. Throws `invalid_option`. */
  remove(people: SegmentPeople): Promise<PeopleCounts>;
}

/** TikTok's words in `id_schema`. */
const idTypes: Readonly<Record<PersonField, string>> = {
  email: "EMAIL_SHA256",
  phone: "PHONE_SHA256",
  idfa: "IDFA_SHA256",
  gaid: "AAID_SHA256",
};

const list = (what: string, fits: (member: unknown) => boolean): Rule => ({
  takes: `a list of ${what}, each once`,
  fits: (value) =>
    Array.isArray(value) && value.length > 0 && value.every(fits) && new Set(value).size === value.length,
});

const ids = required(list("ids", (id) => typeof id === "string" && id !== ""));

const rules = {
  accountIds: ids,
  segmentIds: ids,
  people: required({
    takes: "a list, or anything that gives people one by one",
    fits: (value) =>
      typeof value === "object" && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value),
  }),
  fields: list("email, phone, idfa, gaid", (field) => Object.hasOwn(idTypes, String(field))),
  emailForm: oneOf("lowerCase", "withoutDotsAndTags"),
  batchSize: numberFrom(1, 10_000),
} satisfies Record<keyof SegmentPeople, Rule>;

function* rowsOf(people: Iterable<AudiencePerson>, taker: PeopleTaker): Generator<string> {
  for (const person of people) yield* taker.take(person);
}

/** @param api with a token whose scopes have audiences */
export function createSegments(api: BusinessApi): Segments {
  async function map(action: "add" | "delete", options: SegmentPeople): Promise<PeopleCounts> {
    checkOptions(`segments.${action === "add" ? "add" : "remove"}`, options, rules);
    const { accountIds, segmentIds, people, fields = ["email", "phone"], batchSize = 1_000 } = options;
    const taker = createPeopleTaker(
      fields.map((field) => [field]),
      options.emailForm ?? "withoutDotsAndTags",
    );
    let batch: object[][] = [];
    const send = async () => {
      if (batch.length === 0) return;
      const body = {
        advertiser_ids: accountIds,
        action,
        id_schema: fields.map((field) => idTypes[field]),
        batch_data: batch,
      };
      batch = [];
      // The same people a second time change nothing.
      await api.post("/segment/mapping/", body, { repeatable: true });
    };
    for await (const step of stepsOf(people)) {
      for (const row of rowsOf(step.people, taker)) {
        // One object for each kind, in the order of id_schema.
        batch.push(row.split(",").map((hash) => (hash === "" ? {} : { id: hash, audience_ids: segmentIds })));
        if (batch.length >= batchSize) await send();
      }
    }
    await send();
    return taker.counts();
  }

  return {
    async create(accountId, name) {
      checkOptions(
        "segments.create",
        { accountId, name },
        { accountId: required(someText), name: required(shortName) },
      );
      const { audience_id } = await api.post<{ audience_id?: unknown }>("/segment/audience/", {
        advertiser_id: accountId,
        action: "create",
        custom_audience_name: name,
      });
      return String(audience_id ?? "");
    },
    async delete(accountId, id) {
      const body = { advertiser_id: accountId, action: "delete", delete_audience_id: id };
      await api.post("/segment/audience/", body, { repeatable: true });
    },
    add: (people) => map("add", people),
    remove: (people) => map("delete", people),
  };
}

const shortName = textLike(/^(?=.*\S).{1,70}$/s, "a text of at most 70 characters");
