import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** @param {string} text @param {string} link */
const page = (text, link) => ({ text, link });

/** Each example by the heading of its README. */
const examples = globSync("examples/*/README.md", { cwd: root })
  .sort()
  .map((file) => {
    const heading = /^# (.+)$/m.exec(readFileSync(`${root}${file}`, "utf8"))?.[1] ?? file;
    return page(heading, `/${file.replace(/\.md$/, "")}`);
  });

/** Every page but the API reference, in the order in which one would read them. */
export const sidebar = [
  {
    text: "Begin",
    items: [
      page("Start in ten minutes", "/docs/start"),
      page("One event, two paths", "/docs/concepts"),
      page("Testing with the sandbox", "/docs/testing"),
      page("Troubleshooting", "/docs/troubleshooting"),
    ],
  },
  {
    text: "What is sent",
    items: [
      page("Events", "/docs/events"),
      page("Match keys", "/docs/match-keys"),
      page("Click ids and cookies", "/docs/click-ids"),
      page("Consent and privacy", "/docs/privacy"),
    ],
  },
  {
    text: "Running it",
    items: [
      page("IP addresses and proxies", "/docs/proxies"),
      page("Operations", "/docs/operations"),
      page("The command line", "/docs/cli"),
      page("Destinations of your own", "/docs/own-destination"),
      page("Architecture", "/docs/architecture"),
    ],
  },
  {
    text: "Marketing",
    items: [
      page("Overview", "/docs/marketing"),
      page("The funnel", "/docs/funnel"),
      page("Audiences", "/docs/audiences"),
      page("Leads", "/docs/leads"),
    ],
  },
  {
    text: "Moving here from",
    collapsed: true,
    items: [
      page("fbq and ttq snippets", "/docs/migrate/snippets"),
      page("react-facebook-pixel", "/docs/migrate/react-facebook-pixel"),
      page("facebook-nodejs-business-sdk", "/docs/migrate/facebook-nodejs-business-sdk"),
      page("Segment", "/docs/migrate/segment"),
      page("Tag Manager on a server", "/docs/migrate/gtm-server"),
    ],
  },
  { text: "Examples", collapsed: true, items: examples },
  {
    text: "The packages",
    items: [
      page("@beaconry/pixel", "/packages/pixel/README"),
      page("@beaconry/server", "/packages/server/README"),
      page("@beaconry/core", "/packages/core/README"),
      page("Beside the alternatives", "/README#beside-the-alternatives"),
      page("Contributing", "/CONTRIBUTING"),
      page("Security", "/SECURITY"),
    ],
  },
];
