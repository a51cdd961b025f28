interface Details {
  readonly code?: number | undefined;
  readonly requestId?: string | undefined;
  readonly mayBeDone?: boolean;
}

/** TikTok's Business API refused a call, or did not answer. Its message holds no token and nothing of a person. */
export class TikTokBusinessError extends Error {
  override readonly name = "TikTokBusinessError";
  /** Such as `/dmp/custom_audience/create/`. */
  readonly endpoint: string;
  /** TikTok's `code`; absent when no whole answer came. */
  readonly code?: number;
  /** TikTok's `request_id`, for its support. */
  readonly requestId?: string;
  /**
   * True when nobody knows whether TikTok carried the call out: its answer was lost, or says that something broke. Look
   * before you make it again, since a second call that makes something makes a second one.
   */
  readonly mayBeDone: boolean;

  constructor(message: string, endpoint: string, { code, requestId, mayBeDone = false }: Details = {}) {
    super(mayBeDone ? `${message} (TikTok may have carried it out)` : message);
    this.endpoint = endpoint;
    this.mayBeDone = mayBeDone;
    if (code !== undefined) this.code = code;
    if (requestId !== undefined) this.requestId = requestId;
  }
}
