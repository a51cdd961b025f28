import type { DeadLetter, DeadLetterPage, Outbox } from "../../outbox/outbox.js";

/** Letters read at once. */
const pageSize = 500;

/** All dead letters that fit, page by page: there may be more than fit into memory. */
export async function* deadLetterPages(
  outbox: Pick<Outbox, "deadLetters">,
  page: DeadLetterPage = {},
): AsyncGenerator<readonly DeadLetter[]> {
  let after = page.after;
  for (;;) {
    const letters = await outbox.deadLetters({ ...page, ...(after !== undefined && { after }), limit: pageSize });
    if (letters.length === 0) return;
    yield letters;
    after = letters.at(-1)?.key;
  }
}

/** How many fit. */
export async function countDeadLetters(outbox: Pick<Outbox, "deadLetters">, page?: DeadLetterPage): Promise<number> {
  let number = 0;
  for await (const letters of deadLetterPages(outbox, page)) number += letters.length;
  return number;
}
