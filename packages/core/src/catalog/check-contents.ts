import { type Issue, warningIssue } from "../issue.js";
import { totalQuantity, type WireContent, type WireProperties } from "./read-properties.js";

/**
 * Whether `contentIds` and `numItems` say the same as `contents`. What was given is sent: which of them is wrong is not
 * known.
 */
export function checkContents(properties: WireProperties): readonly Issue[] {
  const { contents, contentIds, numItems } = properties;
  if (!contents) return [];
  const total = totalQuantity(contents);
  const isSameList =
    contents.length === contentIds?.length && contents.every(({ id }, index) => id === contentIds[index]);
  return isSameList && numItems === total ? [] : differences(properties, contents, total);
}

function differences(
  { contentIds, numItems }: WireProperties,
  contents: readonly WireContent[],
  total: number | undefined,
): readonly Issue[] {
  const issues: Issue[] = [];
  const differs = (path: string, how: string) =>
    issues.push(warningIssue("wrong_value", path, `${path} ${how} properties.contents; all are sent as given`));
  const ids = new Set(contents.map(({ id }) => id));
  const listed = new Set(contentIds ?? ids);
  const absent = [...ids].filter((id) => !listed.has(id)).length;
  const others = [...listed].filter((id) => !ids.has(id)).length;
  if (absent > 0) differs("properties.contentIds", `lacks ${absent} of the ids in`);
  if (others > 0) differs("properties.contentIds", `has ${others} that are not in`);
  if (numItems !== undefined && total !== undefined && numItems !== total) {
    differs("properties.numItems", `is ${numItems < total ? "less" : "more"} than the quantities added up in`);
  }
  return issues;
}
