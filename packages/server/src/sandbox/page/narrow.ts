import { signal } from "@preact/signals";

/** Where the panel lies over the list, and hides all else; the style sheet has the same. */
const query = matchMedia("(max-width: 920px)");

export const isNarrow = signal(query.matches);

query.addEventListener("change", ({ matches }) => {
  isNarrow.value = matches;
});
