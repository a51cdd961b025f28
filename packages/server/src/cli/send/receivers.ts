import type { Destination } from "../../destinations/destination.js";
import { metaAppEvents } from "../../destinations/meta-app-events.js";
import { metaConversions } from "../../destinations/meta-conversions.js";
import { tiktokEvents } from "../../destinations/tiktok-events.js";
import { CliError, usageError } from "../exit-codes.js";
import { readText } from "../input.js";
import { sandboxIds } from "../sandbox/settings.js";
import type { SampleSource } from "./sample-event.js";

/** Options of `beaconry send` that say where to. */
export interface ReceiverOptions {
  readonly pixelCode?: string;
  readonly tiktokAppId?: string;
  readonly offlineEventSetId?: string;
  readonly crmEventSetId?: string;
  readonly datasetId?: string;
  readonly appId?: string;
  readonly tiktokTokenFile?: string;
  readonly metaTokenFile?: string;
  readonly appSecretFile?: string;
  readonly tiktokTestCode?: string;
  readonly metaTestCode?: string;
  /** Address of a sandbox. */
  readonly sandbox?: string;
  readonly live?: boolean;
}

/** Where the event goes, and whether it is a test there. */
export interface Receiver {
  readonly destination: Destination;
  /** What an operator gives a new token in. */
  readonly tokenIn: string;
  readonly testCode?: string;
}

/** Environment variables that hold tokens, and the options that name a file in their place. */
const tokens = {
  tiktok: { variable: "TIKTOK_TOKEN", option: "tiktokTokenFile", flag: "--tiktok-token-file" },
  meta: { variable: "META_TOKEN", option: "metaTokenFile", flag: "--meta-token-file" },
  metaApp: { variable: "META_APP_SECRET", option: "appSecretFile", flag: "--app-secret-file" },
} as const;

const longestToken = 10_000;

/** The receivers of an event of this source. Throws a usage error when something is missing. */
export async function chooseReceivers(source: SampleSource, options: ReceiverOptions): Promise<readonly Receiver[]> {
  const { sandbox } = options;
  if (sandbox !== undefined) return sandboxReceivers(source, options, sandbox);
  const receivers: Receiver[] = [];
  const { pixelCode, tiktokAppId, offlineEventSetId, crmEventSetId, datasetId, appId } = options;
  if (pixelCode ?? tiktokAppId ?? offlineEventSetId ?? crmEventSetId) {
    const testEventCode = options.tiktokTestCode;
    const accessToken = await readToken("tiktok", options);
    const ids = { pixelCode, appId: tiktokAppId, offlineEventSetId, crmEventSetId };
    receivers.push({
      destination: tiktokEvents({ ...ids, accessToken, testEventCode }),
      tokenIn: tokens.tiktok.variable,
      testCode: testEventCode,
    });
  }
  if (datasetId !== undefined) {
    const testEventCode = options.metaTestCode;
    const accessToken = await readToken("meta", options);
    receivers.push({
      destination: metaConversions({ datasetId, accessToken, testEventCode, sources: [source] }),
      tokenIn: tokens.meta.variable,
      testCode: testEventCode,
    });
  }
  if (appId !== undefined) {
    const appSecret = await readToken("metaApp", options);
    receivers.push({ destination: metaAppEvents({ appId, appSecret }), tokenIn: tokens.metaApp.variable });
  }
  if (receivers.length === 0) {
    throw usageError(
      "nowhere to send to: give --pixel-code (TikTok), --dataset-id (Meta Conversions API), --app-id (Meta App Events) or --sandbox",
    );
  }
  if (!options.live) for (const receiver of receivers) refuseToCount(receiver);
  return receivers;
}

function sandboxReceivers(source: SampleSource, options: ReceiverOptions, baseUrl: string): readonly Receiver[] {
  const { pixelCode, datasetId, appId, token } = sandboxIds;
  const { tiktokTestCode, metaTestCode } = options;
  const tiktok = tiktokEvents({
    pixelCode: options.pixelCode ?? pixelCode,
    appId: options.tiktokAppId ?? appId,
    offlineEventSetId: options.offlineEventSetId ?? appId,
    crmEventSetId: options.crmEventSetId ?? appId,
    accessToken: token,
    testEventCode: tiktokTestCode,
    baseUrl,
  });
  const meta =
    source === "app"
      ? metaAppEvents({ appId: options.appId ?? appId, appSecret: token, baseUrl })
      : metaConversions({
          datasetId: options.datasetId ?? datasetId,
          accessToken: token,
          testEventCode: metaTestCode,
          baseUrl,
        });
  return [
    { destination: tiktok, tokenIn: tokens.tiktok.variable, testCode: tiktokTestCode },
    { destination: meta, tokenIn: tokens.meta.variable, testCode: source === "app" ? undefined : metaTestCode },
  ];
}

/** An invented purchase in real statistics is worse than one question too many. */
function refuseToCount({ destination: { name }, testCode }: Receiver): void {
  if (testCode !== undefined) return;
  if (name === "meta-app") {
    throw usageError("App Events has no test events: this one would count; send it all the same with --live");
  }
  const flag = name === "tiktok" ? "--tiktok-test-code" : "--meta-test-code";
  throw usageError(
    `without ${flag} (Events Manager, "Test events") this event would count at ${name}; send it all the same with --live`,
  );
}

async function readToken(of: keyof typeof tokens, options: ReceiverOptions): Promise<string> {
  const { variable, option, flag } = tokens[of];
  const file = options[option];
  const token = (file === undefined ? process.env[variable] : await readText(file, longestToken))?.trim();
  if (!token) throw usageError(`no token: put it into the environment variable ${variable}, or name a file by ${flag}`);
  // What a header can not hold; the value itself is not repeated.
  if (/[^\x21-\x7e]/.test(token)) throw new CliError(`the token of ${variable} or ${flag} holds blanks or other signs`);
  return token;
}
