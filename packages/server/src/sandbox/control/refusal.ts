import type { Answer } from "../http-call.js";

/** What the sandbox's own addresses say when they refuse: a word for programs, and a sentence. */
export function refusal(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { error: { code, message } } };
}
