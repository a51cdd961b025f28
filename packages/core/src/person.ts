import { type Issue, warningIssue } from "./issue.js";
import { hashForVendors } from "./user/hash-for-vendors.js";
import type { PersonRead } from "./user/person-read.js";
import type { ParsePhone } from "./user/phone.js";
import type { UserData } from "./user/user-data.js";

/**
 * Reads a person's data in every form, for both vendors: what a page loads when `hashUsualForms` has left something
 * unread. What is unusable is an issue, as of `hashUserData`.
 * @param importPhone called for a national number alone
 */
export function readPerson(user: UserData, importPhone: () => Promise<{ parsePhone: ParsePhone }>): PersonRead {
  const hash = (parsePhone?: ParsePhone) => hashForVendors(user, ["meta", "tiktok"], { parsePhone });
  const { matchKeys, issues } = hash();
  if (!user.country || !issues.some(isOfPhone)) return { matchKeys, issues };
  return {
    matchKeys,
    issues: issues.filter((issue) => !isOfPhone(issue)),
    async rest(found) {
      const phone = await importPhone().catch(() => undefined);
      if (!phone) return found({}, [notLoaded]);
      const fuller = hash(phone.parsePhone);
      found(fuller.matchKeys, fuller.issues.filter(isOfPhone));
    },
  };
}

function isOfPhone({ path, code }: Issue): boolean {
  return path === "user.phone" && code === "unusable";
}

const notLoaded = /* @__PURE__ */ warningIssue(
  "unusable",
  "user.phone",
  "user.phone is left out: @beaconry/core/phone, which reads national numbers, could not be loaded",
);
