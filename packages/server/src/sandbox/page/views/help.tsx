import { useEffect, useRef } from "preact/hooks";
import { states } from "../model/row.js";
import { isHelpOpen, lettersWork, listKeys, setLettersWork, shortcuts } from "../shortcuts.js";
import { Icon } from "./icons.js";

const meanings: Readonly<Record<keyof typeof states, string>> = {
  paired: "The browser's and the server's copy came; the vendor counts one.",
  single: "One copy came, and no other is expected.",
  waiting: "One side's copy came; the other's is expected for ten seconds.",
  repeated: "One side sent it more than once; it counts once.",
  late: "The second side's copy came after the five minutes in which copies are put together.",
  alone: "One side's copy came though its source sends from both: ids that differ, or a side that does not send.",
  twice: "The vendor counts it more than once, since it does not see that these are copies.",
  refused: "The vendor did not take the request, or not all of it.",
};

/** What the words mean, and the keys. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  const close = () => {
    isHelpOpen.value = false;
  };
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <header>
        <h2 id="help-title">Help</h2>
        <button type="button" class="icon-button" aria-label="Close the help" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-body">
        <section>
          <h3>Outcomes</h3>
          <dl class="meanings">
            {(Object.keys(meanings) as (keyof typeof states)[]).map((state) => (
              <div key={state}>
                <dt>
                  <span class={`badge ${states[state].tone}`}>{states[state].label}</span>
                </dt>
                <dd>{meanings[state]}</dd>
              </div>
            ))}
          </dl>
        </section>
        <section>
          <h3>Keys</h3>
          <dl class="shortcuts">
            {[...shortcuts.map(({ key, does }) => [key, does] as const), ...listKeys].map(([keys, does]) => (
              <div key={keys}>
                <dt>
                  <kbd>{keys}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <label class="check">
            <input
              type="checkbox"
              checked={lettersWork.value}
              onChange={(event) => setLettersWork(event.currentTarget.checked)}
            />
            Single letters work as shortcuts
          </label>
        </section>
        <p class="note">
          Joined are copies of one vendor with the same name and id. Tokens are not kept. Everything stays on this
          machine. <a href="/_sandbox/page/licences.txt">Licences of what this page is built with</a>
        </p>
      </div>
    </dialog>
  );
}
