import type { App, Consent, Device } from "@beaconry/core";
import { BeaconryError } from "@beaconry/core/page";
import type { BeforeSend } from "./before-send.js";
import { consentShape, findProblem, flag, type Kind, object, type Shape, text } from "./shape.js";

/** What both vendors' tags take. */
interface ScriptTagOptions {
  /** Address of the script, without a query. Default: the vendor's own. */
  scriptUrl?: string;
  /** Nonce of the script element, for a Content Security Policy. Default: none. */
  nonce?: string;
  /** Whether the vendor's script may send events of its own, such as clicks on buttons. Default: `false`. */
  autoConfig?: boolean;
  /** The partner under whose name the tag runs, as agreed with the vendor. Default: none. */
  agent?: string;
}

/** Meta's tag, `fbq`. */
export interface MetaTagOptions extends ScriptTagOptions {
  /** The pixel's (data set's) number, as text; several of them get every event. */
  pixelId: string | readonly string[];
}

/** TikTok's tag, `ttq`. */
export interface TikTokTagOptions extends ScriptTagOptions {
  /** The pixel's code; several of them get every event. */
  pixelCode: string | readonly string[];
  /** `us` loads the script from TikTok's hosts for data of the United States. Default: from the usual ones. */
  region?: "us";
  /**
   * Who tells TikTok of page views: TikTok can not recognise two copies of one, so it is one side only. `tag` is for
   * those whose collector does not send to TikTok. Default: `collector`.
   */
  pageViews?: "collector" | "tag";
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
  /** Domain of the cookies, such as `shop.example`. Default: the widest that the browser lets this page have. */
  cookieDomain?: string;
  /** May change an event, or drop it by giving nothing. Default: every event goes as it is. */
  beforeSend?: BeforeSend;
  /** Tells the console of every event, of what consent did, and of what was sent. Default: `false`. */
  debug?: boolean;
}

const address: Kind = ["an http(s) address or a path of this site", /^string:(https?:\/\/[^/]|\/(?!\/))/];
const id: Kind = ["a text of letters and digits, or several", /^string:[\w.-]+$/, true, true];
const script = { scriptUrl: address, nonce: text, autoConfig: flag, agent: text };

const shape: Readonly<Record<keyof PixelOptions, Shape>> = {
  endpoint: [address[0], address[1], true],
  tags: {
    meta: { pixelId: id, ...script },
    tiktok: {
      pixelCode: id,
      ...script,
      region: ["us", /:us$/],
      pageViews: ["collector or tag", /:(collector|tag)$/],
    },
  },
  consent: consentShape,
  app: object,
  device: object,
  pageViews: ["automatic or manual", /:(automatic|manual)$/],
  batch: {
    maxEvents: ["a whole number from 1 to 1000", /^number:([1-9]\d{0,2}|1000)$/],
    maxDelay: ["a whole number from 0 to 60000", /^number:([1-5]?\d{1,4}|60000)$/],
  },
  cookieDomain: ["a domain", /^string:\.?[\w-]+(\.[\w-]+)*$/],
  beforeSend: ["a function", /^function/],
  debug: flag,
};

/**
 * Checks the options.
 * @throws BeaconryError `invalid_option`, which names the option and what is accepted, never the value
 */
export function checkOptions(options: PixelOptions): void {
  const problem =
    findProblem(options, shape, "options") ??
    // An app has an id, and a device is one in whose web view an app runs.
    ((options.app || options.device) && findProblem(options.app?.id, text, "app.id"));
  if (problem) throw new BeaconryError("invalid_option", `createPixel: ${problem.replace(/^options\./, "")}`);
}
