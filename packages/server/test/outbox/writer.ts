// A process that adds parcels as fast as it can, made to be killed: prints each id as soon as `add` has resolved.
import { sqliteOutbox } from "../../src/sqlite/index.js";
import { parcel } from "./parcel.js";

const [, , path = "", run = ""] = process.argv;
const outbox = sqliteOutbox({ path });
const caller = async (number: number) => {
  for (let index = 0; ; index++) {
    const ids = [0, 1, 2].map((part) => `${run}-${number}-${index}-${part}`);
    await outbox.add(ids.map((id) => parcel(id)));
    process.stdout.write(`${ids.join("\n")}\n`);
  }
};
await Promise.all(Array.from({ length: 20 }, (_, number) => caller(number)));
