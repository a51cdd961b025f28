import { useMemo, useState } from "preact/hooks";
import { jsonLines } from "../model/json-lines.js";
import { CopyButton } from "./copy-button.js";

/** Lines drawn at first, and at most. */
const FIRST = 300;
const MOST = 3_000;

interface Props {
  readonly title: string;
  readonly value: unknown;
  /** The path of a value to point at. */
  readonly marked?: readonly (string | number)[] | undefined;
}

/** A value as JSON, a line each. */
export function JsonView({ title, value, marked }: Props) {
  const [limit, setLimit] = useState(FIRST);
  const { lines, isCut } = useMemo(() => jsonLines(value, limit, marked), [value, limit, marked]);
  return (
    <section class="card json">
      <h3>
        {title}
        <CopyButton text={() => JSON.stringify(value, null, 2)} label={`Copy: ${title}`} />
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keys */}
      <section class="json-box" tabIndex={0} aria-label={title}>
        <pre>
          {lines.map(({ depth, parts, isMarked }, index) => (
            <span key={index} class={isMarked ? "line marked" : "line"}>
              {"  ".repeat(depth)}
              {parts.map(({ kind, text }, place) => (
                <span key={place} class={kind}>
                  {text}
                </span>
              ))}
              {"\n"}
            </span>
          ))}
        </pre>
      </section>
      {isCut &&
        (limit < MOST ? (
          <button type="button" class="link" onClick={() => setLimit(MOST)}>
            Show more lines
          </button>
        ) : (
          <p class="note">The rest is not shown; the copy has all of it.</p>
        ))}
    </section>
  );
}
