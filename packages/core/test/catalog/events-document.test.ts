import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { standardEvents } from "@beaconry/core";
import { expect, it } from "vitest";
import { namesTable, propertiesTable, withTables } from "./events-document.js";

const path = fileURLToPath(new URL("../../../../docs/events.md", import.meta.url));

// `vitest -u` writes the tables anew.
it("has in docs/events.md what the catalogue has", async () => {
  const document = readFileSync(path, "utf8");
  await expect(withTables(document)).toMatchFileSnapshot(path);
});

it("renders a row for every event, and its properties where it has any", () => {
  expect(namesTable().split("\n")).toHaveLength(Object.keys(standardEvents).length + 2);
  expect(namesTable()).toContain(
    "| `Purchase` | An order was placed and paid. | `Purchase` | `Purchase` | `Purchase` | `fb_mobile_purchase` | sales | purchase |",
  );
  expect(propertiesTable()).toContain("| `SpentCredits` | – | – | – | `contentType`, `contentIds`, `value` | – |");
});
