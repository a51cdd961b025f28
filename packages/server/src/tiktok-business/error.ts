/** TikTok's Business API refused a call, or did not answer. Its message holds no token and nothing of a person. */
export class TikTokBusinessError extends Error {
  override readonly name = "TikTokBusinessError";
  /** Such as `/dmp/custom_audience/create/`. */
  readonly endpoint: string;
  /** TikTok's `code`; absent when no whole answer came. */
  readonly code?: number;
  /** TikTok's `request_id`, for its support. */
  readonly requestId?: string;

  constructor(message: string, endpoint: string, code?: number, requestId?: string) {
    super(message);
    this.endpoint = endpoint;
    if (code !== undefined) this.code = code;
    if (requestId !== undefined) this.requestId = requestId;
  }
}
