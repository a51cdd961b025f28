import { Converter, ReflectionKind } from "typedoc";
import { entries } from "./entries.mjs";

/** What TypeDoc calls a module: its file's path below what all have in common. */
const names = new Map(
  Object.entries(entries).map(([name, file]) => [file.replace(/^packages\/|(\/index)?\.ts$/g, ""), name]),
);

/**
 * A plugin of TypeDoc: modules are called as they are imported.
 * @param {import("typedoc").Application} application
 */
export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = names.get(module.name) ?? module.name;
    }
  });
}
