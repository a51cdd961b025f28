// A process of its own on an outbox, made to be killed: `take` leases what it can get, `add` adds as fast as it can. Prints
// each id as soon as it has it, or as `add` has resolved. `rest` adds one, and then has nothing to do but to listen.
import { postgresOutbox } from "../../src/postgres/index.js";
import { parcel } from "./parcel.js";

const [, , connectionString = "", schema = "", role = "", name = ""] = process.argv;
const outbox = postgresOutbox({ connectionString, schema });
const print = (ids: readonly string[]) => process.stdout.write(ids.map((id) => `${id}\n`).join(""));

async function addForEver(caller: number): Promise<void> {
  for (let index = 0; ; index++) {
    const ids = [0, 1, 2].map((part) => `${name}-${caller}-${index}-${part}`);
    await outbox.add(ids.map((id) => parcel(id)));
    print(ids);
  }
}

async function takeSome(): Promise<void> {
  const { parcels } = await outbox.take("d", 30);
  print(parcels.map(({ id }) => id));
  setInterval(() => {}, 1_000);
}

async function addOne(): Promise<void> {
  outbox.watch?.(() => {});
  await outbox.add([parcel("1")]);
  print(["1"]);
}

if (role === "take") void takeSome();
else if (role === "rest") void addOne();
else for (let caller = 0; caller < 10; caller++) void addForEver(caller);
