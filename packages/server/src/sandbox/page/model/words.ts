/** `340 ms`, `2.4 s`, `7 min`, `3 h`, `2 days`; three digits at most. */
export function duration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size < 1_000) return `${Math.round(milliseconds)} ms`;
  if (size < 60_000) return `${(milliseconds / 1_000).toFixed(size < 10_000 ? 1 : 0)} s`;
  if (size < 2 * 3_600_000) return `${Math.round(milliseconds / 60_000)} min`;
  if (size < 2 * 86_400_000) return `${Math.round(milliseconds / 3_600_000)} h`;
  return `${Math.round(milliseconds / 86_400_000)} days`;
}

/** `14:03:22.481`, in this machine's time zone. */
export function time(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "no time";
  const two = (part: number) => String(part).padStart(2, "0");
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${clock}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-11-21 14:03:22.481` */
export function dateTime(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "no time";
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time(at)}`;
}

/** `12,345` */
export function number(value: number): string {
  return value.toLocaleString("en-GB");
}

/** `€21.97`; `21.97 XYZ` where the code is none. */
export function money(amount: number, currency: string): string {
  try {
    return new Intl.NumberFormat("en-GB", { style: "currency", currency }).format(amount);
  } catch {
    return `${number(amount)} ${currency || "(no currency)"}`.trim();
  }
}

/** `3.2 kB` */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `1 event`, `2 events` */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}
