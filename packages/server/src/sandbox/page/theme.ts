import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const KEY = "beaconry.sandbox.theme";
const themes: readonly Theme[] = ["system", "light", "dark"];

const theme = signal<Theme>(read());

/** What the system asks for, when the theme is left to it. */
const systemIsDark = signal(matchMedia("(prefers-color-scheme: dark)").matches);

export const isDark = () => theme.value === "dark" || (theme.value === "system" && systemIsDark.value);

/** Keeps the document in the chosen colours, and the choice for the next visit. */
export function applyTheme(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ({ matches }) => {
    systemIsDark.value = matches;
  });
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
    try {
      localStorage.setItem(KEY, theme.value);
    } catch {
      // Storage is denied: the choice lasts as long as the page.
    }
  });
}

export function nextTheme(): void {
  theme.value = isDark() ? "light" : "dark";
}

function read(): Theme {
  try {
    return themes.find((known) => known === localStorage.getItem(KEY)) ?? "system";
  } catch {
    return "system";
  }
}
