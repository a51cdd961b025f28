/** The longest time that a timer takes, ms (24.8 days): Node ends a longer one at once, and Workers and ky refuse it. */
export const longestTimer = 2_147_483_647;
