import type { EventName } from "@beaconry/core";
import { BeaconryError } from "@beaconry/core";
import { checkOptions, numberFrom, type Rule, someText, wholeFrom } from "@beaconry/core/internal";
import type { ReceivedEvent } from "../sandbox/received.js";

/** A name as `track` takes it, or as it is on the wire. */
export type ExpectedName = EventName | (string & {});

/**
 * What an event must be like. Each field is compared as `toMatchObject` does: of objects what is named, lists whole, and
 * asymmetric matchers such as `expect.any(String)` anywhere.
 */
export interface ExpectedEvent extends Partial<Omit<ReceivedEvent, "name">> {
  /**
   * Its properties under their wire names, such as `{ value: 21.97, content_ids: ["1234"] }`. TikTok's `properties`, Meta's
   * `custom_data`, an item of App Events' `custom_events`, what a tag reports; Meta's tag reports every value as a text.
   */
  readonly properties?: Readonly<Record<string, unknown>>;
  /** How many such events there must be. Default: one or more. */
  readonly times?: number;
  /** Milliseconds to wait for them. Default: 3,000; with `.not` or `times: 0` none, so that it is about what has come by now. */
  readonly timeout?: number;
}

const anything: Rule = { takes: "anything", fits: () => true };

const rules = {
  sequence: anything,
  request: anything,
  vendor: anything,
  side: anything,
  endpoint: anything,
  sourceId: anything,
  id: anything,
  time: anything,
  receivedAt: anything,
  outcome: anything,
  merged: anything,
  matchKeys: anything,
  warnings: anything,
  flags: anything,
  forwardedFor: anything,
  testEventCode: anything,
  payload: anything,
  data: anything,
  properties: anything,
  times: wholeFrom(0),
  timeout: numberFrom(0, 600_000),
} satisfies Record<keyof ExpectedEvent, Rule>;

/** Throws `invalid_option`: a misspelt field would match nothing, and so please every `.not`. */
export function checkExpected(name: unknown, expected: unknown): asserts expected is ExpectedEvent {
  if (!someText.fits(name)) throw new BeaconryError("invalid_option", "toHaveReceived: the event's name is not a text");
  checkOptions("toHaveReceived", expected, rules);
}
