export { type SqliteJournalOptions, sqliteJournal } from "./journal/sqlite-journal.js";
export { type SalvagedOutbox, type SalvageOutboxOptions, salvageOutbox } from "./salvage-outbox.js";
export { type SqliteOutboxOptions, sqliteOutbox } from "./sqlite-outbox.js";
