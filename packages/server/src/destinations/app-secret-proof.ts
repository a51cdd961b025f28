/**
 * `appsecret_proof`: the app's secret proves that whoever uses the token has it too. HMAC-SHA256 of the token under the
 * secret, hexadecimal. Graph API, "Securing Graph API calls". Counted once, at the first call.
 */
export function appSecretProof(accessToken: string, appSecret: string): () => Promise<string> {
  let proof: Promise<string> | undefined;
  return () => {
    proof ??= hmac(accessToken, appSecret);
    return proof;
  };
}

async function hmac(text: string, secret: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
