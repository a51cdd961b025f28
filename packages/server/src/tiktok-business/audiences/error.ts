/** What went wrong with an audience, before or beside TikTok's own codes. */
export type AudienceErrorCode =
  /** Fewer than 1,000 people: TikTok can not use the audience. */
  | "too_few_people"
  /** The account has 400 audiences, the most that TikTok keeps. */
  | "too_many_audiences"
  /** TikTok still processes the audience, or it matches fewer than 1,000 people, or it has expired. */
  | "not_editable"
  /** There is no audience of that name or id. */
  | "no_such_audience"
  /** Several audiences have that name: give its id. */
  | "ambiguous_name"
  /** The audience was made of another kind of identifier. */
  | "other_schema"
  /** Another process works with the same state. */
  | "busy"
  /** The state can not be used: it is of another audience, of a newer version, or broken. */
  | "state_unusable";

/** An audience can not be brought to TikTok. The message holds nothing of a person and no token. */
export class AudienceError extends Error {
  override readonly name = "AudienceError";
  readonly code: AudienceErrorCode;

  constructor(code: AudienceErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
