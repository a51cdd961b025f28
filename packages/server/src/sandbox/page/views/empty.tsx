import { time } from "../model/words.js";
import { clearedAt } from "../state.js";
import { CopyButton } from "./copy-button.js";

const addresses = () =>
  [
    [
      "All APIs of both vendors",
      location.origin,
      "baseUrl of tiktokEvents, metaConversions, metaAppEvents and tiktokBusiness",
    ],
    ["TikTok's tag", `${location.origin}/i18n/pixel/events.js`, "in the place of analytics.tiktok.com's"],
    ["Meta's tag", `${location.origin}/en_US/fbevents.js`, "in the place of connect.facebook.net's"],
  ] as const;

const example = () => `const baseUrl = "${location.origin}";

createTracker({
  destinations: [
    tiktokEvents({ pixelCode: "C0FFEE", accessToken: "any", baseUrl }),
    metaConversions({ datasetId: "1234", accessToken: "any", baseUrl }),
  ],
});`;

/** What to do while nothing has come. */
export function Empty() {
  const at = clearedAt.value;
  return (
    <div class="empty">
      <svg class="beacon" viewBox="0 0 96 96" aria-hidden="true">
        <circle cx="48" cy="48" r="44" />
        <circle cx="48" cy="48" r="28" />
        <circle cx="48" cy="48" r="12" />
      </svg>
      <h2>{at === undefined ? "Waiting for the first event" : "Cleared. Waiting for the next event"}</h2>
      <p>
        {at === undefined
          ? "Point your trackers and tags at this sandbox. Any token will do; nothing leaves this machine."
          : `Everything that came before ${time(at).slice(0, 8)} is forgotten, and every fault is gone.`}
      </p>
      <dl class="settings">
        {addresses().map(([label, address, meaning]) => (
          <div key={label}>
            <dt>
              {label}
              <small>{meaning}</small>
            </dt>
            <dd>
              <code>{address}</code>
              <CopyButton text={address} label={`Copy: ${label}`} />
            </dd>
          </div>
        ))}
      </dl>
      <div class="snippet">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
        <section tabIndex={0} aria-label="Example">
          <pre>{example()}</pre>
        </section>
        <CopyButton text={example} label="Copy the example" />
      </div>
    </div>
  );
}
