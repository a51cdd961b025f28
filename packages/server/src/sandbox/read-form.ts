/** The most fields a form may have. */
const MAX_FIELDS = 10_000;

/** A file in a multipart form. */
export interface FormFile {
  readonly name: string;
  /** Its media type, as the sender gave it. */
  readonly type: string;
  readonly text: string;
}

/** A field of a form: its name and what it holds. */
export type FormField = readonly [name: string, value: string | FormFile];

/**
 * The fields of a form, in the order they came; undefined when the body is no form by its `Content-Type`, can not be read
 * as the form it claims to be, or has more than 10,000 fields.
 */
export async function readForm(contentType: string | undefined, body: Buffer): Promise<FormField[] | undefined> {
  const type = mediaType(contentType);
  if (type === "application/x-www-form-urlencoded") return readQuery(body.toString("utf8"));
  if (contentType === undefined || type !== "multipart/form-data") return undefined;
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
    const fields = await Promise.all(
      [...form].map(async ([name, value]): Promise<FormField> => [name, await textOrFile(value)]),
    );
    return fields.length > MAX_FIELDS ? undefined : fields;
  } catch {
    // Not what it says it is.
    return undefined;
  }
}

/** The fields of a query string; undefined when it has more than 10,000. */
export function readQuery(query: string): FormField[] | undefined {
  // Counted first: URLSearchParams takes minutes for a million fields.
  let fields = 1;
  for (let at = query.indexOf("&"); at >= 0; at = query.indexOf("&", at + 1)) fields++;
  return fields > MAX_FIELDS ? undefined : [...new URLSearchParams(query)];
}

/** The media type of a `Content-Type`, without parameters and in lower case; empty when there is none. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? "").replace(/;.*/s, "").trim().toLowerCase();
}

async function textOrFile(value: string | File): Promise<string | FormFile> {
  return typeof value === "string" ? value : { name: value.name, type: value.type, text: await value.text() };
}
