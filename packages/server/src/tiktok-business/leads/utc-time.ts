/** TikTok's times are UTC without saying so, such as `2025-05-16 08:00:00`. Unix time in ms; `undefined` for others. */
export function utcTime(text: string): number | undefined {
  const [, day, time] =
    /^\s*(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?\s*(?:Z|UTC|\(UTC\))?\s*$/i.exec(text) ?? [];
  const parsed = day === undefined ? Number.NaN : Date.parse(`${day}T${time}Z`);
  return Number.isNaN(parsed) ? undefined : parsed;
}
