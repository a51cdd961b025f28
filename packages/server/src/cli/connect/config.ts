import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isBeaconryError } from "@beaconry/core";
import {
  fileTokenStore,
  type TikTokBusiness,
  type TokenStore,
  tiktokBusiness,
  tiktokOAuth,
} from "../../tiktok-business/index.js";
import { CliError, usageError } from "../exit-codes.js";

/** What `beaconry connect tiktok` writes: which account and pixel are meant. No secret is in it. */
export interface TikTokConfig {
  readonly appId: string;
  readonly accountId?: string;
  readonly accountName?: string;
  readonly pixelCode?: string;
}

/** A sandbox has no account of TikTok's, nor TikTok one of a sandbox's: each has a part of its own. */
interface Config {
  readonly tiktok?: TikTokConfig;
  readonly tiktokSandbox?: TikTokConfig;
}

const partOf = (sandbox: string | undefined) => (sandbox === undefined ? "tiktok" : "tiktokSandbox");

/** The account that a sandbox has from its start. */
export const sandboxAccount = "7000000000000000001";
/** A sandbox takes any token. This one is no word, which would be masked in its messages. */
export const sandboxToken = "sandbox-takes-any-token";

/**
 * The token lies beside the configuration, in a folder that git leaves out: TikTok's and a sandbox's in files of their own,
 * so that neither is ever given the other's.
 */
export function tokenStoreOf(configPath: string, sandbox?: string): TokenStore {
  const name = sandbox === undefined ? "tiktok-token.json" : "sandbox-token.json";
  const path = join(tokenFolder(configPath), name);
  const store = fileTokenStore(path);
  const load = () =>
    store.load().catch((error: unknown) => {
      if (!isBeaconryError(error)) throw error;
      throw usageError(`${path} holds no TikTok token: run beaconry connect tiktok --again`);
    });
  return { ...store, load };
}

const tokenFolder = (configPath: string) => join(dirname(configPath), ".beaconry");

/** Makes the folder in which the token is kept, so that git never takes it. */
export async function prepareTokenFolder(configPath: string): Promise<void> {
  const folder = tokenFolder(configPath);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, ".gitignore"), "*\n");
}

/** The configuration's part about TikTok or a sandbox, if there is one. Throws a usage error when the file is none. */
export async function readTikTokConfig(path: string, sandbox?: string): Promise<TikTokConfig | undefined> {
  return (await readConfig(path))[partOf(sandbox)];
}

/** Writes the part about TikTok or a sandbox and leaves the others as they are. */
export async function writeTikTokConfig(path: string, part: TikTokConfig, sandbox?: string): Promise<void> {
  const config = await readConfig(path);
  await writeFile(path, `${JSON.stringify({ ...config, [partOf(sandbox)]: part }, null, 2)}\n`);
}

async function readConfig(path: string): Promise<Config> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return {};
    throw usageError(`${path} can not be read: ${code}`);
  }
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config === "object" && config !== null && !Array.isArray(config)) return config as Config;
  } catch {
    // Said below.
  }
  throw usageError(`${path} is no configuration: accepted is a JSON object`);
}

/**
 * The client of whoever connected. Throws when nobody has; a sandbox needs no connecting.
 * @param appSecret for subscriptions
 */
export async function openTikTok(
  configPath: string,
  sandbox: string | undefined,
  appSecret?: string,
): Promise<{ readonly client: TikTokBusiness; readonly accountIds: readonly string[]; readonly config: TikTokConfig }> {
  const [config, token] = await Promise.all([
    readTikTokConfig(configPath, sandbox),
    tokenStoreOf(configPath, sandbox).load(),
  ]);
  const appOf = (id: string) => appSecret !== undefined && { app: { id, secret: appSecret } };
  if (sandbox === undefined) {
    if (!config || !token) throw new CliError("no TikTok account is connected: run beaconry connect tiktok first");
    const client = tiktokBusiness({ accessToken: token.accessToken, ...appOf(config.appId) });
    return { client, accountIds: token.advertiserIds, config };
  }
  const accessToken = token?.accessToken ?? sandboxToken;
  const known = { appId: "sandbox", accountId: sandboxAccount, ...config };
  return {
    client: tiktokBusiness({ accessToken, baseUrl: sandbox, ...appOf(known.appId) }),
    accountIds: await sandboxAccounts(sandbox, accessToken),
    config: known,
  };
}

async function sandboxAccounts(sandbox: string, accessToken: string): Promise<readonly string[]> {
  const app = { appId: "sandbox", secret: sandboxToken, redirectUri: sandbox };
  return (await tiktokOAuth({ ...app, baseUrl: sandbox }).accounts(accessToken)).map(({ id }) => id);
}
