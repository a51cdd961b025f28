/** Positions of the extended device information, the same for both of Meta's APIs. */
const EXTINFO_SLOTS = 16;
const VERSION_SLOT = 0;
const OS_VERSION_SLOT = 4;
const versions: readonly unknown[] = ["a2", "i2"];

/** What is wrong with an extinfo, in plain words; undefined when nothing is. All 16 places must be there, in order. */
export function extinfoProblem(extinfo: readonly unknown[]): string | undefined {
  if (extinfo.length !== EXTINFO_SLOTS) return `must have ${EXTINFO_SLOTS} values, it has ${extinfo.length}`;
  return versions.includes(extinfo[VERSION_SLOT]) ? undefined : "must begin with its version, a2 or i2";
}

/** The other value marked as required: the version of the operating system. */
export function lacksOsVersion(extinfo: readonly unknown[]): boolean {
  return extinfo[OS_VERSION_SLOT] === "" || extinfo[OS_VERSION_SLOT] === undefined;
}
