import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  type AccountPixel,
  type AdAccount,
  accountRoles,
  type BusinessToken,
  type NewAccount,
  type TikTokBusiness,
  tiktokBusiness,
  tiktokOAuth,
} from "../../tiktok-business/index.js";
import { type ExitCode, exitCodes, usageError } from "../exit-codes.js";
import { plainText } from "../plain-text.js";
import type { Terminal } from "../terminal.js";
import { startCallbackServer } from "./callback-server.js";
import { choose } from "./choose.js";
import { prepareTokenFolder, readTikTokConfig, tokenStoreOf, writeTikTokConfig } from "./config.js";
import { readSecret } from "./read-secret.js";

/** Options of `beaconry connect tiktok`. */
export interface ConnectOptions {
  readonly appId?: string;
  readonly port: number;
  readonly config: string;
  readonly account?: string;
  readonly newAccount?: string;
  readonly pixel?: string;
  readonly again?: boolean;
  readonly sandbox?: string;
  readonly json?: boolean;
}

/** How long to wait for the browser to come back, ms: TikTok's code lives an hour. */
const patience = 3_600_000;

/**
 * Signs in at TikTok, picks the ad account and the pixel, and writes both down. What is done already is not asked
 * again, so that it can be stopped anywhere and started anew.
 */
export async function connect(options: ConnectOptions, terminal: Terminal): Promise<ExitCode> {
  const { config: path, sandbox, json } = options;
  const before = await readTikTokConfig(path, sandbox);
  const appId = options.appId ?? before?.appId;
  if (!appId) throw usageError("--app-id is missing: the id of your app at TikTok for Business");
  const store = tokenStoreOf(path, sandbox);
  let token = options.again ? undefined : await store.load();
  if (!token) {
    token = await signIn(appId, options, terminal);
    await prepareTokenFolder(path);
    await store.save(token);
    await writeTikTokConfig(path, { appId }, sandbox);
  }
  const client = tiktokBusiness({ accessToken: token.accessToken, ...(sandbox !== undefined && { baseUrl: sandbox }) });
  const account = await pickAccount(client, token, options, before?.accountId, terminal);
  const { id, name, status, statusMeaning, usable, role } = account;
  const pixel = usable ? await pickPixel(client, id, options, before, terminal) : undefined;
  const chosen = { appId, accountId: id, accountName: name, ...(pixel && { pixelCode: pixel.code }) };
  await writeTikTokConfig(path, chosen, sandbox);
  if (json) {
    await terminal.print(
      JSON.stringify({ account: { id, name, status, usable, role }, pixel: pixel ?? null, config: path }),
    );
  } else {
    const meaning = accountRoles[role as keyof typeof accountRoles] ?? "";
    await terminal.print(`${terminal.style("bold", "Account")}  ${plainText(name)} (${id})`);
    await terminal.print(`${terminal.style("bold", "Status")}   ${status}: ${statusMeaning}`);
    await terminal.print(`${terminal.style("bold", "Role")}     ${role}${meaning && `: ${meaning}`}`);
    if (pixel) await terminal.print(`${terminal.style("bold", "Pixel")}    ${plainText(pixel.name)} (${pixel.code})`);
    await terminal.print(`${terminal.style("bold", "Written")}  ${path}`);
  }
  if (!usable)
    terminal.note(terminal.styleNote("yellow", "This account can not be used now: ask TikTok, or pick another."));
  else if (!pixel)
    terminal.note("The account has no pixel yet: create one in TikTok Events Manager, and run this again.");
  return usable && pixel ? exitCodes.ok : exitCodes.failed;
}

async function signIn(appId: string, options: ConnectOptions, terminal: Terminal): Promise<BusinessToken> {
  const secret = await readSecret(terminal);
  const server = await startCallbackServer(options.port);
  try {
    const { redirectUri } = server;
    const oauth = tiktokOAuth({
      appId,
      secret,
      redirectUri,
      ...(options.sandbox !== undefined && { baseUrl: options.sandbox }),
    });
    const state = randomBytes(24).toString("base64url");
    terminal.note(`Open this address in a browser and allow the access (the app's redirect URL is ${redirectUri}):`);
    terminal.note(oauth.authorizeUrl(state));
    const code = await server.wait((url) => oauth.readRedirect(url, state), patience);
    return await oauth.exchange(code);
  } finally {
    server.close();
  }
}

async function pickAccount(
  client: TikTokBusiness,
  token: BusinessToken,
  { account, newAccount }: ConnectOptions,
  before: string | undefined,
  terminal: Terminal,
): Promise<AdAccount> {
  const made = newAccount === undefined ? [] : [await client.accounts.create(await readNewAccount(newAccount))];
  const accounts = await client.accounts.info([...token.advertiserIds, ...made]);
  return choose(terminal, {
    items: accounts,
    option: "--account",
    wanted: made[0] ?? account ?? accounts.find(({ id }) => id === before)?.id,
    names: ({ id, name }) => [name, id],
    line: ({ id, name, status }) => `${plainText(name)}  ${id}  ${status}`,
  });
}

async function pickPixel(
  client: TikTokBusiness,
  accountId: string,
  options: ConnectOptions,
  before: { readonly accountId?: string; readonly pixelCode?: string } | undefined,
  terminal: Terminal,
): Promise<AccountPixel | undefined> {
  const pixels: AccountPixel[] = [];
  for await (const pixel of client.accounts.pixels(accountId)) pixels.push(pixel);
  if (pixels.length === 0 && options.pixel === undefined) return undefined;
  const earlier = before?.accountId === accountId ? before.pixelCode : undefined;
  return choose(terminal, {
    items: pixels,
    option: "--pixel",
    wanted: options.pixel ?? pixels.find(({ code }) => code === earlier)?.code,
    names: ({ code, name }) => [name, code],
    line: ({ code, name }) => `${plainText(name)}  ${code}`,
  });
}

async function readNewAccount(path: string): Promise<NewAccount> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    throw usageError(
      `--new-account ${path} can not be read as JSON: ${(error as NodeJS.ErrnoException).code ?? "syntax"}`,
    );
  }
}
