import { createHash } from "node:crypto";
import type { Call } from "../../http-call.js";
import { boundaryOf, readMultipart } from "../../read-multipart.js";
import { invalid, type Refusal } from "../business-route.js";
import { type AudienceFile, createFileReader, type FileReader } from "./audience-file.js";
import { calculateTypes } from "./calculate-types.js";

/** Bytes of one file. */
const LARGEST = 250_000_000;
const LONGEST_FIELD = 1_000;

/** Reads the upload of a file as it comes: of the file nothing is kept but its hashes. */
export async function readUpload({
  stream,
  headers,
}: Pick<Call, "stream" | "headers">): Promise<Omit<AudienceFile, "path"> | Refusal> {
  const boundary = boundaryOf(headers["content-type"]);
  if (!stream || boundary === undefined) return invalid("The body is no multipart form");
  const fields = new Map<string, string>();
  const md5 = createHash("md5");
  let bytes = 0;
  let fileName: string | undefined;
  let reader: FileReader | undefined;

  const isWhole = await readMultipart(stream, boundary, (part) => {
    if (part.name !== "file") {
      return (chunk) => {
        const before = fields.get(part.name) ?? "";
        fields.set(part.name, (before + chunk.toString("utf8")).slice(0, LONGEST_FIELD));
      };
    }
    fileName = part.fileName ?? "";
    const calculateType = fields.get("calculate_type");
    reader = calculateType === undefined ? undefined : createFileReader(calculateType);
    return (chunk) => {
      bytes += chunk.length;
      if (bytes > LARGEST) return;
      md5.update(chunk);
      reader?.read(chunk.toString("latin1"));
    };
  });

  const calculateType = fields.get("calculate_type");
  const signature = md5.digest("hex");
  if (!isWhole) return invalid("The body is no multipart form");
  if (calculateType === undefined) return invalid("calculate_type: required");
  if (!calculateTypes.includes(calculateType)) return { code: 40909, message: "Unsupported calculate_type" };
  if (fileName === undefined) return { code: 40905, message: "file: required" };
  if (!/\.(csv|txt)$/i.test(fileName)) return { code: 40908, message: "file: accepted is .csv or .txt" };
  if (bytes > LARGEST) return { code: 40907, message: `file: at most ${LARGEST} bytes` };
  if (fields.get("file_signature")?.toLowerCase() !== signature) {
    return { code: 40900, message: "file_signature: not the MD5 of the file" };
  }
  if (!reader) return invalid("the sandbox reads files as they come: calculate_type has to stand before file");
  const read = reader.end();
  if ("code" in read) return read;
  return { accountId: fields.get("advertiser_id") ?? "", calculateType, md5: signature, bytes, ...read };
}
