import type { Tone } from "../model/row.js";

export function Badge({
  tone,
  label,
  title,
}: {
  readonly tone: Tone;
  readonly label: string;
  readonly title?: string;
}) {
  return (
    <span class={`badge ${tone}`} title={title}>
      {label}
    </span>
  );
}
