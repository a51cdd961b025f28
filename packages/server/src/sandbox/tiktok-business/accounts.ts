/** An ad account of the sandbox, under TikTok's names. */
export interface SandboxAccount {
  readonly advertiser_id: string;
  readonly name: string;
  readonly status: string;
  readonly role: string;
  readonly rejection_reason?: string;
  readonly company: string;
  readonly country: string;
  readonly currency: string;
  readonly timezone: string;
  readonly balance: number;
  readonly owner_bc_id?: string;
  /** Seconds. */
  readonly create_time: number;
  readonly pixels: readonly { readonly pixel_id: string; readonly pixel_code: string; readonly pixel_name: string }[];
}

export const SANDBOX_BUSINESS_CENTER = { bc_id: "7100000000000000001", name: "Beaconry Sandbox BC", currency: "EUR" };

const common = {
  role: "ROLE_ADVERTISER",
  company: "Sandbox Shop GmbH",
  country: "DE",
  currency: "EUR",
  timezone: "Europe/Berlin",
  create_time: 1_700_000_000,
};

/** What there is at the start: an account that can be used, one under review, one that was punished. */
export const initialAccounts: readonly SandboxAccount[] = [
  {
    ...common,
    advertiser_id: "7000000000000000001",
    name: "Sandbox Shop",
    status: "STATUS_ENABLE",
    balance: 250,
    owner_bc_id: SANDBOX_BUSINESS_CENTER.bc_id,
    pixels: [
      { pixel_id: "7200000000000000001", pixel_code: "C0SANDBOXPIXEL000001", pixel_name: "Shop" },
      { pixel_id: "7200000000000000002", pixel_code: "C0SANDBOXPIXEL000002", pixel_name: "Blog" },
    ],
  },
  {
    ...common,
    advertiser_id: "7000000000000000002",
    name: "Sandbox Outlet",
    status: "STATUS_PENDING_CONFIRM",
    balance: 0,
    pixels: [],
  },
  {
    ...common,
    advertiser_id: "7000000000000000003",
    name: "Sandbox Raffle",
    status: "STATUS_LIMIT",
    role: "ROLE_CHILD_ADVERTISER",
    rejection_reason: "Prohibited content",
    balance: 10,
    pixels: [],
  },
];
