import { CopyButton } from "./copy-button.js";

/** An id, and a button that copies it. */
export function CopiedId({ id, label }: { readonly id: string; readonly label: string }) {
  return (
    <span class="copied-id">
      <code>{id}</code>
      <CopyButton text={id} label={`Copy: ${label} ${id}`} />
    </span>
  );
}
