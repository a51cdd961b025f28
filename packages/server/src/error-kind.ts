/** Name and code of an error and of its cause, such as `TypeError ECONNREFUSED`. A message could hold an address. */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const { cause } = error;
  const code = [error, cause].map((one) => (one as { code?: unknown } | undefined)?.code).find(isCode);
  return [/^\w{1,40}$/.test(error.name) ? error.name : "Error", code].filter(Boolean).join(" ");
}

function isCode(code: unknown): boolean {
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{1,60}$/.test(code);
}
