import { CliError, usageError } from "../exit-codes.js";
import { ask } from "../input.js";
import type { Terminal } from "../terminal.js";

/** What may be chosen. */
interface Choice<Item> {
  readonly items: readonly Item[];
  /** The option by which it can be said beforehand. */
  readonly option: string;
  /** What was said by the option. */
  readonly wanted: string | undefined;
  /** By which an item can be named. */
  readonly names: (item: Item) => readonly string[];
  /** A line for the list. */
  readonly line: (item: Item) => string;
}

/** The one that was named, the only one there is, or the one that somebody at the terminal picks. */
export async function choose<Item>(terminal: Terminal, choice: Choice<Item>): Promise<Item> {
  const { items, option, wanted, names, line } = choice;
  if (items.length === 0) throw new CliError(`there is nothing to choose for ${option}`);
  if (wanted !== undefined) return find(choice, wanted);
  const [only, ...others] = items;
  if (only !== undefined && others.length === 0) return only;
  for (const [index, item] of items.entries()) terminal.note(`${String(index + 1).padStart(3)}  ${line(item)}`);
  if (!terminal.canAsk) {
    throw usageError(`${option} is missing, and there are several: ${items.map((item) => names(item)[0]).join(", ")}`);
  }
  const answer = (await ask(`${option.replace("--", "")} (number, name or id): `)).trim();
  return items[/^\d{1,3}$/.test(answer) ? Number(answer) - 1 : -1] ?? find(choice, answer);
}

function find<Item>({ items, option, names }: Choice<Item>, wanted: string): Item {
  const found = items.filter((item) => names(item).some((name) => name.toLowerCase() === wanted.toLowerCase()));
  const [first, ...others] = found;
  if (first === undefined) {
    throw usageError(`${option} names none: there are ${items.map((item) => names(item).join(" or ")).join(", ")}`);
  }
  if (others.length > 0) throw usageError(`${option} fits several: name it by its id`);
  return first;
}
