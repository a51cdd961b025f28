/** Shorter ones are no secrets, and would mask half of every message. */
const shortest = 4;

/**
 * What must be in no message: tokens and secrets of the environment, and who somebody is in the addresses among the
 * arguments and in the environment.
 */
export function findSecrets(args: readonly string[], environment: Readonly<NodeJS.ProcessEnv>): readonly string[] {
  const { TIKTOK_TOKEN, META_TOKEN, META_APP_SECRET, TIKTOK_APP_SECRET, BEACONRY_OUTBOX, BEACONRY_OUTBOX_TO } =
    environment;
  const { BEACONRY_TIKTOK_ACCESS_TOKEN, LEADS_SECRET, LEADS_KEY } = environment;
  const addresses = [...args.map((arg) => arg.replace(/^--[\w-]+=/, "")), BEACONRY_OUTBOX, BEACONRY_OUTBOX_TO];
  const tokens = [
    TIKTOK_TOKEN,
    META_TOKEN,
    META_APP_SECRET,
    TIKTOK_APP_SECRET,
    BEACONRY_TIKTOK_ACCESS_TOKEN,
    LEADS_SECRET,
    LEADS_KEY,
  ];
  const secrets = [...tokens, ...addresses.flatMap(secretsOf)];
  return secrets.filter((secret) => secret !== undefined && secret.length >= shortest) as string[];
}

/** An address that has a password or the like, whole, and what is secret in it. */
function secretsOf(address = ""): (string | undefined)[] {
  // To the last @, for a password whose signs should have been percent-encoded.
  const [, user, query = ""] = /^[a-z][a-z\d+.-]*:\/\/(?:(.*)@)?[^?]*(?:\?(.*))?$/is.exec(address) ?? [];
  const [name = "", ...password] = user?.split(":") ?? [];
  const values = [...query.matchAll(/(?:pass|secret|token|key)[^=&]*=([^&]*)/gi)].map(([, value = ""]) => value);
  // NATS takes a token in the place of the user's name.
  const secrets = [password.length > 0 ? password.join(":") : name, ...values].filter(Boolean);
  return secrets.length > 0 ? [address, ...secrets.flatMap((secret) => [secret, decode(secret)])] : [];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The message on one line, without the secrets. */
export function maskSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((text, secret) => text.replaceAll(secret, "…"), message).replace(/\s*\n\s*/g, " ");
}
