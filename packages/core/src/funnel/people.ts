/** People by their identifiers, with what is gathered about each. */
export interface People<State> {
  /** The state of whom these identifiers tell; of several people until now, who turn out to be one, the merged state. */
  of(identifiers: readonly string[]): State;
  /** Everybody, each with the identifiers known. */
  all(): Iterable<{ readonly identifiers: readonly string[]; readonly state: State }>;
  readonly size: number;
}

interface Person<State> {
  identifiers: string[];
  state: State;
}

/**
 * Nobody yet.
 * @param create makes the state of somebody new
 * @param merge puts the second state into the first
 */
export function createPeople<State>(create: () => State, merge: (into: State, from: State) => void): People<State> {
  const byIdentifier = new Map<string, Person<State>>();
  const everybody = new Set<Person<State>>();

  /** The one with fewer identifiers moves, so that none is moved more often than the logarithm of their number. */
  function join(one: Person<State>, other: Person<State>): Person<State> {
    const [into, from] = one.identifiers.length >= other.identifiers.length ? [one, other] : [other, one];
    for (const identifier of from.identifiers) {
      byIdentifier.set(identifier, into);
      into.identifiers.push(identifier);
    }
    merge(into.state, from.state);
    everybody.delete(from);
    return into;
  }

  return {
    of(identifiers) {
      let person: Person<State> | undefined;
      for (const identifier of identifiers) {
        const known = byIdentifier.get(identifier);
        if (known && known !== person) person = person ? join(person, known) : known;
      }
      if (!person) {
        person = { identifiers: [], state: create() };
        everybody.add(person);
      }
      for (const identifier of identifiers) {
        if (byIdentifier.has(identifier)) continue;
        byIdentifier.set(identifier, person);
        person.identifiers.push(identifier);
      }
      return person.state;
    },
    all: () => everybody,
    get size() {
      return everybody.size;
    },
  };
}
