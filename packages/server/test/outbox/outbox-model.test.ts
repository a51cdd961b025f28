import { it } from "vitest";
import { expectAsInMemory, modelLimits } from "./model.js";
import { openOutbox, outboxFile } from "./outbox-file.js";

it("does what memoryOutbox does, whatever is asked of it in whatever order", { timeout: 60_000 }, () =>
  expectAsInMemory(() => {
    const path = outboxFile();
    return { open: (now) => openOutbox({ path, ...modelLimits, now }) };
  }, 25),
);
