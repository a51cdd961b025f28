/**
 * Nothing waits longer, ms: no vendor takes an event that is older. A due time further ahead was written under a clock
 * that has been set back since.
 */
export const longestWait = 62 * 86_400_000;
