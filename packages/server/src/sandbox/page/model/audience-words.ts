import type { SandboxAudience, SandboxAudienceChange } from "../../tiktok-business/audiences/audience.js";
import type { Tone } from "./row.js";

interface StatusWords {
  readonly label: string;
  readonly tone: Tone;
  readonly meaning: string;
}

/** What an audience's state means to whoever uses it. */
export const audienceStates: Readonly<Record<SandboxAudience["status"], StatusWords>> = {
  processing: {
    label: "Processing",
    tone: "calm",
    meaning:
      "TikTok matches its people: until then ads can not use it, TikTok tells the size before, and takes no change.",
  },
  usable: { label: "Ready", tone: "good", meaning: "Ads can use it, and it takes changes." },
  tooSmall: {
    label: "Too small",
    tone: "warn",
    meaning: "Fewer than 1,000 people: ads can not use it, and an audience of files takes no change any more.",
  },
  expired: { label: "Expired", tone: "bad", meaning: "Its time is over: make another one." },
};

const idWords: Readonly<Record<string, string>> = {
  EMAIL: "e-mail",
  PHONE: "phone",
  FIRST: "e-mail or phone",
  IDFA: "IDFA",
  GAID: "GAID",
  AAID: "GAID",
  MAID: "advertising id",
};

/** TikTok's word for a kind of ids, such as `PHONE_SHA256`, in plain ones. */
export function idTypeWords(type: string): string {
  const [what = "", hash] = type.split("_");
  const words = Object.hasOwn(idWords, what) ? idWords[what] : what;
  return hash === "MD5" ? `${words} (MD5)` : `${words}`;
}

/** What was done, in a word. */
export const changeWords: Readonly<Record<SandboxAudienceChange["action"], string>> = {
  CREATE: "Made",
  APPEND: "Appended",
  REPLACE: "Replaced",
  REMOVE: "Removed",
  RENAME: "Renamed",
  SHARE: "Shared",
  UNSHARE: "No longer shared",
  ADD: "People came",
  DELETE: "People left",
};
