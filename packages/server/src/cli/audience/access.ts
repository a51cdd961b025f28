import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Audiences, tiktokBusiness } from "../../tiktok-business/index.js";
import { prepareTokenFolder, readTikTokConfig, sandboxAccount, sandboxToken, tokenStoreOf } from "../connect/config.js";
import { CliError, usageError } from "../exit-codes.js";

/** Options of every command that is about an account. */
export interface AccountOptions {
  readonly account?: string;
  readonly config: string;
  readonly sandbox?: string;
}

/** The client of the account. A sandbox is never given a real token. Throws when there is none. */
export async function openAudiences(
  options: AccountOptions,
  environment: Readonly<NodeJS.ProcessEnv>,
): Promise<{ readonly audiences: Audiences; readonly accountId: string }> {
  const { config, sandbox } = options;
  const accountId = await accountOf(options);
  if (sandbox !== undefined) {
    return { audiences: tiktokBusiness({ accessToken: sandboxToken, baseUrl: sandbox }).audiences, accountId };
  }
  const accessToken = environment.BEACONRY_TIKTOK_ACCESS_TOKEN || (await tokenStoreOf(config).load())?.accessToken;
  if (!accessToken) {
    throw new CliError("there is no token: run beaconry connect tiktok, or set BEACONRY_TIKTOK_ACCESS_TOKEN");
  }
  return { audiences: tiktokBusiness({ accessToken }).audiences, accountId };
}

/** The account that is meant. */
async function accountOf({ account, config, sandbox }: AccountOptions): Promise<string> {
  const accountId =
    account ??
    (await readTikTokConfig(config, sandbox))?.accountId ??
    (sandbox === undefined ? undefined : sandboxAccount);
  if (accountId === undefined) throw usageError("--account is missing: give it, or run beaconry connect tiktok");
  return accountId;
}

/** Which audience is meant, by one of both. */
export function audienceOf({ name, id }: { readonly name?: string; readonly id?: string }) {
  if (name !== undefined && id === undefined) return { name };
  if (id !== undefined && name === undefined) return { id };
  throw usageError("one of --name and --id has to be there");
}

/** Where the state of an audience is, unless it is said: one folder for each account and audience, none for both worlds. */
export async function stateFolder(
  options: AccountOptions & { readonly state?: string; readonly name?: string; readonly id?: string },
): Promise<string> {
  if (options.state !== undefined) return options.state;
  const { name, id } = options;
  await prepareTokenFolder(options.config);
  const whole = JSON.stringify([await accountOf(options), name ?? null, id ?? null, options.sandbox !== undefined]);
  const words = (name ?? id ?? "").toLowerCase().replace(/[^a-z\d]+/g, "-");
  const mark = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return join(dirname(options.config), ".beaconry", "audiences", `${words.slice(0, 40)}-${mark}`);
}
