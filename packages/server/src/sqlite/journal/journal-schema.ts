/**
 * What takes a journal's file from each schema version to the next; the first makes an empty file a journal.
 * An identifier is the hash of something by which one person is known; `kind` says of what, by its place in
 * `identifierKinds`. `key` is made of an event's name and id.
 */
export const journalMigrations = [
  `CREATE TABLE people (
     id INTEGER PRIMARY KEY AUTOINCREMENT);

   CREATE TABLE identifiers (
     kind INTEGER NOT NULL,
     hash BLOB NOT NULL,
     person INTEGER NOT NULL,
     PRIMARY KEY (kind, hash)) WITHOUT ROWID;
   CREATE INDEX identifiers_by_person ON identifiers (person);

   CREATE TABLE names (
     id INTEGER PRIMARY KEY,
     name TEXT NOT NULL UNIQUE);

   CREATE TABLE events (
     id INTEGER PRIMARY KEY,
     name INTEGER NOT NULL,
     time INTEGER NOT NULL,
     person INTEGER,
     value REAL,
     currency TEXT,
     key BLOB UNIQUE);
   CREATE INDEX events_by_name ON events (name, time);
   CREATE INDEX events_by_person ON events (person);`,
];
