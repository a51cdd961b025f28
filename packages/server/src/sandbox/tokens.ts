/** What an access token is to the sandbox; both vendors' endpoints ask here. */
export type TokenState = "missing" | "bad" | "expired" | "good";

export type TokenCheck = (token: string | undefined) => TokenState;

export function createTokenCheck(bad: readonly string[], expired: readonly string[]): TokenCheck {
  return (token) => {
    if (token === undefined || token.trim() === "") return "missing";
    if (bad.includes(token)) return "bad";
    return expired.includes(token) ? "expired" : "good";
  };
}
