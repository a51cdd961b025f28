/** What to give to trackers and pixels so that they talk to a sandbox; the names are those of their options. */
export interface SandboxSettings {
  /** Options of `tiktokEvents`, `metaConversions` and `metaAppEvents`. The sandbox takes any id and any token. */
  readonly destinations: {
    readonly tiktokEvents: { readonly pixelCode: string; readonly accessToken: string; readonly baseUrl: string };
    readonly metaConversions: { readonly datasetId: string; readonly accessToken: string; readonly baseUrl: string };
    readonly metaAppEvents: { readonly appId: string; readonly appSecret: string; readonly baseUrl: string };
  };
  /** Options of `tiktokBusiness`. */
  readonly tiktokBusiness: { readonly accessToken: string; readonly baseUrl: string };
  /** Option `tags` of `createPixel`. */
  readonly tags: {
    readonly tiktok: { readonly pixelCode: string; readonly scriptUrl: string };
    readonly meta: { readonly pixelId: string; readonly scriptUrl: string };
  };
}

/** The port of a sandbox where none is given. */
export const defaultPort = 4010;

/** Ids of the right form, of nobody. */
export const sandboxIds = {
  pixelCode: "C0DEMO00000000000000",
  datasetId: "1000000000001",
  appId: "2000000000002",
  token: "any",
} as const;

/** @param url the sandbox's, without a slash at its end */
export function settingsFor(url: string): SandboxSettings {
  const { pixelCode, datasetId, appId, token } = sandboxIds;
  return {
    destinations: {
      tiktokEvents: { pixelCode, accessToken: token, baseUrl: url },
      metaConversions: { datasetId, accessToken: token, baseUrl: url },
      metaAppEvents: { appId, appSecret: token, baseUrl: url },
    },
    tiktokBusiness: { accessToken: token, baseUrl: url },
    tags: {
      tiktok: { pixelCode, scriptUrl: `${url}/i18n/pixel/events.js` },
      meta: { pixelId: datasetId, scriptUrl: `${url}/en_US/fbevents.js` },
    },
  };
}

/** The settings as lines of code. */
export function settingsLines({ destinations, tiktokBusiness, tags }: SandboxSettings): string[] {
  return [
    "destinations: [",
    ...Object.entries(destinations).map(([name, options]) => `  ${name}(${literal(options)}),`),
    "],",
    "",
    `tiktokBusiness(${literal(tiktokBusiness)})`,
    "",
    "tags: {",
    ...Object.entries(tags).map(([name, options]) => `  ${name}: ${literal(options)},`),
    "},",
  ];
}

/** An object of texts as it stands in code. */
function literal(options: Readonly<Record<string, string>>): string {
  const members = Object.entries(options).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `{ ${members.join(", ")} }`;
}
