/** One row of {@link accountStatuses}. */
export interface AccountStatus {
  readonly meaning: string;
  /** Whether ads can run and data be sent. */
  readonly usable: boolean;
}

/** The statuses of an ad account. TikTok Business API, enumeration of advertiser statuses. */
export const accountStatuses = {
  STATUS_ENABLE: { meaning: "Approved: it can be used.", usable: true },
  STATUS_DISABLE: { meaning: "Closed.", usable: false },
  STATUS_PENDING_CONFIRM: { meaning: "Under review.", usable: false },
  STATUS_PENDING_VERIFIED: { meaning: "Waiting for verification.", usable: false },
  STATUS_CONFIRM_FAIL: { meaning: "Refused by the review.", usable: false },
  STATUS_CONFIRM_FAIL_END: { meaning: "Refused by the review, for good.", usable: false },
  STATUS_PENDING_CONFIRM_MODIFY: { meaning: "A change of it is under review.", usable: false },
  STATUS_CONFIRM_MODIFY_FAIL: { meaning: "A change of it was refused by the review.", usable: false },
  STATUS_LIMIT: { meaning: "Punished: it may not advertise.", usable: false },
  STATUS_WAIT_FOR_BPM_AUDIT: { meaning: "Waiting for the review by TikTok's own system.", usable: false },
  STATUS_WAIT_FOR_PUBLIC_AUTH: { meaning: "Waiting for the verification of its bank account.", usable: false },
  STATUS_SELF_SERVICE_UNAUDITED: { meaning: "Waiting for the proof of its qualification.", usable: false },
  STATUS_CONTRACT_PENDING: { meaning: "Its contract is not in force yet.", usable: false },
} as const satisfies Record<string, AccountStatus>;

/** A status of an ad account. */
export type AccountStatusName = keyof typeof accountStatuses;

/** The roles of an ad account. TikTok Business API, enumeration of advertiser roles. */
export const accountRoles = {
  ROLE_ADVERTISER: "An advertiser's own account.",
  ROLE_CHILD_ADVERTISER: "An account below an advertiser's.",
  ROLE_AGENT: "An agency's account.",
  ROLE_CHILD_AGENT: "An account below an agency's.",
} as const;

/** A role of an ad account. */
export type AccountRoleName = keyof typeof accountRoles;

/** What somebody may do with an account of a Business Center, as its `advertiser_role`. */
export const accountPermissions = {
  ADMIN: "May do everything, and manage who may do what.",
  OPERATOR: "May create and change ads.",
  ANALYST: "May see reports.",
} as const;

/** A permission on an account of a Business Center. */
export type AccountPermission = keyof typeof accountPermissions;

/** What the status means, also one that is not in the table: such an account is not taken for usable. */
export function readAccountStatus(status: string): AccountStatus {
  const known: Readonly<Record<string, AccountStatus>> = accountStatuses;
  return (Object.hasOwn(known, status) && known[status]) || { meaning: "Not known to this version.", usable: false };
}
