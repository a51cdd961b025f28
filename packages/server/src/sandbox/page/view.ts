import { signal } from "@preact/signals";

/** What the page shows: what arrived, or a part of TikTok's Business API. */
export const views = ["events", "accounts", "audiences", "leads"] as const;
export type View = (typeof views)[number];

export const viewLabels: Readonly<Record<View, string>> = {
  events: "Events",
  accounts: "Ad accounts",
  audiences: "Audiences",
  leads: "Leads",
};

/** Stands in the address, so that it stays when the page is loaded anew. */
export const view = signal<View>(read());

addEventListener("hashchange", () => {
  view.value = read();
});

export function showView(name: View): void {
  if (name === view.value) return;
  location.hash = name;
  view.value = name;
}

function read(): View {
  return views.find((known) => `#${known}` === location.hash) ?? "events";
}
