/** Your own id: only trimmed and composed (NFC), so that both sides hash the same; case is kept. */
export function normalizeExternalId(text: string): string {
  return text.trim().normalize("NFC");
}
