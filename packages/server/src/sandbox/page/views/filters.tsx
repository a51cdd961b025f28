import { useEffect, useRef, useState } from "preact/hooks";
import { sideLabels, vendorLabels } from "../model/endpoints.js";
import { type Filter, isFiltering, noFilter } from "../model/filter.js";
import { states } from "../model/row.js";
import { number } from "../model/words.js";
import { changed, counts, filter, rows, setFilter, settled } from "../state.js";
import { Icon } from "./icons.js";

/** Typing settles for so long before the list is searched, ms. */
const SETTLING = 120;
/** Names in the menu of names: the most frequent. */
const MAX_NAMES = 100;

export function Filters() {
  const { vendor, side, state, name, issuesOnly } = filter.value;
  return (
    <search class="filters">
      <SearchField />
      <Choice
        label="Vendor"
        value={vendor}
        all="All vendors"
        options={vendorLabels}
        onChange={(value) => setFilter({ vendor: value as Filter["vendor"] })}
      />
      <Choice
        label="Side"
        value={side}
        all="Both sides"
        options={sideLabels}
        onChange={(value) => setFilter({ side: value as Filter["side"] })}
      />
      <Choice
        label="Outcome"
        value={state}
        all="All outcomes"
        options={Object.fromEntries(Object.entries(states).map(([key, { label }]) => [key, label]))}
        onChange={(value) => setFilter({ state: value as Filter["state"] })}
      />
      <NameChoice name={name} />
      <label class="check">
        <input
          type="checkbox"
          checked={issuesOnly}
          onChange={(event) => setFilter({ issuesOnly: event.currentTarget.checked })}
        />
        Issues only
      </label>
      <Shown />
    </search>
  );
}

function SearchField() {
  const { text } = filter.value;
  const [typed, setTyped] = useState(text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setTyped(text), [text]);
  return (
    <div class="search">
      <Icon name="search" />
      <input
        id="search"
        type="search"
        placeholder="Search names, ids, warnings"
        aria-label="Search names, ids, sources, codes, warnings and match keys"
        value={typed}
        onInput={({ currentTarget: { value } }) => {
          setTyped(value);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => setFilter({ text: value.trim() }), SETTLING);
        }}
      />
      <span class="kbd" aria-hidden="true">
        /
      </span>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly all: string;
  readonly options: Readonly<Record<string, string>>;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, all, options, onChange }: ChoiceProps) {
  return (
    <select
      class={value === "" ? "" : "set"}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{all}</option>
      {Object.entries(options).map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

function NameChoice({ name }: { readonly name: string }) {
  settled.value;
  const names = [...counts.names].sort(([a, many], [b, more]) => more - many || a.localeCompare(b)).slice(0, MAX_NAMES);
  const options = Object.fromEntries(names.map(([key, count]) => [key, `${key} (${number(count)})`]));
  if (name !== "" && !(name in options)) options[name] = `${name} (0)`;
  return (
    <Choice
      label="Event name"
      value={name}
      all="All names"
      options={options}
      onChange={(value) => setFilter({ name: value })}
    />
  );
}

function Shown() {
  changed.value;
  if (!isFiltering(filter.value)) return null;
  return (
    <p class="shown">
      {number(rows.shown.length)} of {number(rows.all.length)}
      <button type="button" class="link" onClick={() => setFilter(noFilter)}>
        Show all
      </button>
    </p>
  );
}
