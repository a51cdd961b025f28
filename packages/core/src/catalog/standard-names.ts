import { metaWebNames } from "./meta-web-names.js";
import { words } from "./word-list.js";

/** Whether Meta's pixel takes this name by `track`; any other goes by `trackCustom`. */
export function isMetaWebEvent(name: string): boolean {
  return words(metaWebNames).includes(name);
}
