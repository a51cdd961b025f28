const paths = {
  pause: "M6 4h3v12H6zM11 4h3v12h-3z",
  play: "M6 4l10 6-10 6z",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6M8.5 9v4.5M11.5 9v4.5",
  download: "M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12",
  sun: "M10 6.5a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M15.7 4.3l-1.4 1.4M5.7 14.3l-1.4 1.4",
  moon: "M16 11.5A6.5 6.5 0 018.5 4a6.5 6.5 0 107.5 7.5z",
  help: "M7.5 7.6a2.5 2.5 0 113.6 2.2c-.8.4-1.1.9-1.1 1.7M10 14.5v.1M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15z",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7V4h9v9h-3M4 7h9v9H4z",
  done: "M4 10.5l4 4 8-9",
  warning: "M10 3.5l7.5 13h-15zM10 8.5v3.5M10 14.3v.1",
  search: "M9 4a5 5 0 100 10A5 5 0 009 4zM12.7 12.7L17 17",
  up: "M10 16V4M5 9l5-5 5 5",
  bolt: "M11 2.5L4.5 11.5H10l-1 6 6.5-9H10z",
} as const;

/** Drawn only: what it stands for is said beside it. */
export function Icon({ name }: { readonly name: keyof typeof paths }) {
  const isSolid = name === "play" || name === "pause";
  return (
    <svg class={isSolid ? "icon solid" : "icon"} viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
