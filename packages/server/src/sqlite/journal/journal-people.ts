import type { DatabaseSync } from "node:sqlite";
import type { StoredIdentifier } from "./journal-work.js";

/**
 * Most identifiers of one person. What joins more is no person's: a customer number such as "guest", a shop's own
 * browser. Such an identifier then tells nobody from others, and joins nobody.
 */
const mostIdentifiers = 64;

/** People and the hashes by which they are known. Every method runs inside a transaction. */
export interface JournalPeople {
  /**
   * Whoever has one of these; several until now, who turn out to be one, are joined.
   * @param make somebody new where there is nobody
   */
  find(identifiers: readonly StoredIdentifier[], make: boolean): number | null;
  /** Whoever has one of these. */
  known(identifiers: readonly StoredIdentifier[]): number[];
  identifiersOf(person: number): StoredIdentifier[];
  forget(person: number): void;
  count(): number;
}

/** Of an open journal. */
export function createJournalPeople(database: DatabaseSync): JournalPeople {
  const insertPerson = database.prepare("INSERT INTO people DEFAULT VALUES");
  const personOf = database.prepare("SELECT person FROM identifiers WHERE kind = ? AND hash = ?");
  const countOf = database.prepare("SELECT count(*) AS count FROM identifiers WHERE person = ?");
  const insertIdentifier = database.prepare("INSERT OR IGNORE INTO identifiers (kind, hash, person) VALUES (?, ?, ?)");
  const ofPerson = database.prepare("SELECT kind, hash FROM identifiers WHERE person = ? ORDER BY kind, hash");
  const moveEvents = database.prepare("UPDATE events SET person = ? WHERE person = ?");
  const moveIdentifiers = database.prepare("UPDATE identifiers SET person = ? WHERE person = ?");
  const deleteIdentifiers = database.prepare("DELETE FROM identifiers WHERE person = ?");
  const deletePerson = database.prepare("DELETE FROM people WHERE id = ?");
  const countPeople = database.prepare("SELECT count(*) AS count FROM people");

  const bytes = (hash: string) => Buffer.from(hash, "hex");
  const numberOfIdentifiers = (person: number) => Number(countOf.get(person)?.count);

  function known(identifiers: readonly StoredIdentifier[]): number[] {
    const found = identifiers.map(([kind, hash]) => personOf.get(kind, bytes(hash))?.person);
    return [...new Set(found.filter((person) => person !== undefined).map(Number))];
  }

  const isEverythingKnown = (identifiers: readonly StoredIdentifier[]) =>
    identifiers.every(([kind, hash]) => personOf.get(kind, bytes(hash)) !== undefined);

  function join(into: number, from: number): void {
    moveEvents.run(into, from);
    moveIdentifiers.run(into, from);
    deletePerson.run(from);
  }

  return {
    find(identifiers, make) {
      const found = known(identifiers).sort((one, other) => one - other);
      const counts = new Map(found.map((person) => [person, numberOfIdentifiers(person)]));
      const [first, ...others] = found.filter((person) => (counts.get(person) ?? 0) < mostIdentifiers);
      if (first === undefined && (!make || isEverythingKnown(identifiers))) return found[0] ?? null;
      // The oldest stays: whoever is newer has fewer events to move.
      const person = first ?? Number(insertPerson.run().lastInsertRowid);
      let count = counts.get(person) ?? 0;
      for (const other of others) {
        const more = counts.get(other) ?? 0;
        if (count + more > mostIdentifiers) continue;
        join(person, other);
        count += more;
      }
      for (const [kind, hash] of identifiers) {
        if (count < mostIdentifiers) count += Number(insertIdentifier.run(kind, bytes(hash), person).changes);
      }
      return person;
    },
    known,
    identifiersOf: (person) =>
      ofPerson.all(person).map(({ kind, hash }) => [Number(kind), Buffer.from(hash as Uint8Array).toString("hex")]),
    forget(person) {
      deleteIdentifiers.run(person);
      deletePerson.run(person);
    },
    count: () => Number(countPeople.get()?.count),
  };
}
