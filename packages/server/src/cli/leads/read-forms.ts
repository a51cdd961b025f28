import { type LeadForms, leadMapper, type MappedLead, type TikTokLead } from "../../tiktok-business/index.js";
import { errorOf, usageError } from "../exit-codes.js";
import { readText } from "../input.js";

/** Largest file of forms, bytes. */
const largest = 1024 * 1024;

/** What reads leads by the forms of a file, or by TikTok's own questions where there is none. */
export async function readForms(path: string | undefined): Promise<(lead: TikTokLead) => MappedLead> {
  if (path === undefined) return leadMapper();
  const text = await readText(path, largest);
  let forms: LeadForms;
  try {
    forms = JSON.parse(text);
  } catch {
    throw usageError(`--forms: ${path} is no JSON`);
  }
  if (typeof forms !== "object" || forms === null) throw usageError(`--forms: ${path} is no JSON object`);
  try {
    return leadMapper(forms);
  } catch (error) {
    throw errorOf("--forms", error);
  }
}
