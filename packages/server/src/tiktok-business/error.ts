/** TikTok's Business API refused a call, or did not answer. Its message holds no token and nothing of a person. */
export class TikTokBusinessError extends Error {
  override readonly name = "TikTokBusinessError";

  /**
   * @param endpoint such as `/dmp/custom_audience/create/`
   * @param code TikTok's `code`; absent when no whole answer came
   * @param requestId TikTok's `request_id`, for its support
   */
  constructor(
    message: string,
    readonly endpoint: string,
    readonly code?: number,
    readonly requestId?: string,
  ) {
    super(message);
  }
}
