import { type App, BeaconryError, type Consent, type Device } from "@beaconry/core";
import {
  anyNumber,
  anyText,
  checkOptions,
  group,
  listOf,
  numberFrom,
  oneOf,
  type Rule,
  required,
  someText,
  textLike,
  yesOrNo,
} from "@beaconry/core/internal";
import { consentRules } from "./consent-rule.js";

/** Meta's tag, `fbq`. */
export interface MetaTagOptions {
  /** The pixel's (data set's) number, as text. */
  pixelId: string;
  /** Address of the script. Default: `https://connect.facebook.net/en_US/fbevents.js`. */
  scriptUrl?: string;
  /** Nonce of the script element, for a Content Security Policy. Default: none. */
  nonce?: string;
}

/** TikTok's tag, `ttq`. */
export interface TikTokTagOptions {
  pixelCode: string;
  /** Address of the script, without the query. Default: `https://analytics.tiktok.com/i18n/pixel/events.js`. */
  scriptUrl?: string;
  /** Nonce of the script element, for a Content Security Policy. Default: none. */
  nonce?: string;
}

/** The vendors' own tags to load beside the collector's copy, under consent. */
export interface TagOptions {
  meta?: MetaTagOptions;
  tiktok?: TikTokTagOptions;
}

/** When a request is made up. */
export interface BatchOptions {
  /** Most events of a request, from 1 to 1,000. Default: 20. */
  maxEvents?: number;
  /** How long an event waits for others, in milliseconds, up to 60,000. Default: 1,000. */
  maxDelay?: number;
}

/** Options of `createPixel`. */
export interface PixelOptions {
  /** Address of your collector, to which events are posted; a path is of this site. */
  endpoint: string;
  /** Default: none, the collector alone tells the vendors. Not used in an app's web view. */
  tags?: TagOptions;
  /** What holds until the person has chosen; a stored choice wins over it. Default: not asked yet, so nothing is sent. */
  consent?: Consent;
  /** The app whose web view this page is in: events are of the source `app`, without tags and cookies. Default: no app. */
  app?: App;
  /** The device, in an app's web view. */
  device?: Device;
  /** `automatic` tracks a PageView at creation and at every change of the address. Default: `automatic`. */
  pageViews?: "automatic" | "manual";
  batch?: BatchOptions;
  /** Domain of the cookies, such as `shop.example` for all its hosts. Default: this host alone. */
  cookieDomain?: string;
  /** Writes issues and drops to the console. Default: `false`. */
  debug?: boolean;
}

/** {@link PixelOptions} with every default filled in. */
export interface Settings extends PixelOptions {
  tags: TagOptions;
  consent: Consent;
  pageViews: "automatic" | "manual";
  batch: Required<BatchOptions>;
  debug: boolean;
}

const address: Rule = {
  takes: "an http or https address, or a path of this site",
  fits: (value) => {
    try {
      // The base stands for the page's own address, which a server does not know.
      return (
        typeof value === "string" && value !== "" && /^https?:$/.test(new URL(value, "https://page.invalid").protocol)
      );
    } catch {
      return false;
    }
  },
};
const id = required(textLike(/^[\w.-]+$/, "a text of letters and digits"));
const script = { scriptUrl: address, nonce: anyText };

const appRules = {
  id: required(someText),
  storeId: anyText,
  name: anyText,
  version: anyText,
  build: anyText,
  userId: anyText,
  campaignIds: anyText,
  clickId: anyText,
  installerPackage: anyText,
  installReferrer: anyText,
  googleInstallReferrer: anyText,
  metaInstallReferrer: anyText,
  urlSchemes: listOf(anyText, "a list of texts"),
} as const satisfies Record<keyof App, Rule>;

const deviceRules = {
  platform: required(oneOf("android", "ios")),
  osVersion: required(anyText),
  advertisingId: anyText,
  vendorId: anyText,
  anonId: anyText,
  attribution: anyText,
  model: anyText,
  locale: anyText,
  timezoneAbbreviation: anyText,
  timezone: anyText,
  carrier: anyText,
  screenWidth: anyNumber,
  screenHeight: anyNumber,
  screenDensity: anyNumber,
  cpuCores: anyNumber,
  storage: anyNumber,
  freeStorage: anyNumber,
} as const satisfies Record<keyof Device, Rule>;

const optionRules = {
  endpoint: required(address),
  tags: group({ meta: group({ pixelId: id, ...script }), tiktok: group({ pixelCode: id, ...script }) }),
  consent: group(consentRules),
  app: group(appRules),
  device: group(deviceRules),
  pageViews: oneOf("automatic", "manual"),
  batch: group({ maxEvents: numberFrom(1, 1000), maxDelay: numberFrom(0, 60_000) }),
  cookieDomain: textLike(/^\.?[\w-]+(\.[\w-]+)*$/, "a domain"),
  debug: yesOrNo,
} as const satisfies Record<keyof PixelOptions, Rule>;

/**
 * Checks the options and fills in the defaults.
 * @throws BeaconryError `invalid_option`
 */
export function resolveOptions(options: PixelOptions): Settings {
  checkOptions("createPixel", options, optionRules);
  const { device, app, batch } = options;
  if (device && !app)
    throw new BeaconryError("invalid_option", "createPixel: app is missing, accepted is the app of this device");
  return {
    ...options,
    tags: options.tags ?? {},
    consent: options.consent ?? {},
    pageViews: options.pageViews ?? "automatic",
    batch: { maxEvents: batch?.maxEvents ?? 20, maxDelay: batch?.maxDelay ?? 1000 },
    debug: options.debug ?? false,
  };
}
