import { isFilled, isObject, type JsonObject } from "../json.js";
import { integer, object, type Problem, test } from "../shape.js";
import * as keys from "./app-event-keys.js";
import { invalid, jsonPath, type MetaRefusal, unexpectedType } from "./errors.js";
import { extinfoProblem } from "./extinfo.js";
import { processingProblem, processingRefusal } from "./processing-options.js";

/** What Meta says to the parameters beside the events. No subcode is known for any of it. */
export function checkParameters(parameters: JsonObject): MetaRefusal | undefined {
  return checkTypes(parameters) ?? checkDevice(parameters) ?? checkProcessing(parameters);
}

const wrongType = ({ path, expected }: Problem) => invalid(unexpectedType(path, expected));

function checkTypes(parameters: JsonObject): MetaRefusal | undefined {
  const filled = Object.fromEntries(Object.entries(parameters).filter(([, value]) => isFilled(value)));
  const problem = object(keys.parameters)(filled, []);
  return problem && wrongType(problem);
}

function checkDevice(parameters: JsonObject): MetaRefusal | undefined {
  const { ud, extinfo } = parameters;
  const someone = keys.identifiers.some((key) =>
    key === "ud" ? isObject(ud) && Object.values(ud).some(isFilled) : isFilled(parameters[key]),
  );
  if (!someone) return invalid(`one of ${keys.identifiers.join(", ")} is required`);
  const problem = Array.isArray(extinfo) ? extinfoProblem(extinfo) : undefined;
  return problem === undefined ? undefined : invalid(`Param "${jsonPath(["extinfo"])}" ${problem}`);
}

function checkProcessing(parameters: JsonObject): MetaRefusal | undefined {
  const number = (value: unknown) => (isFilled(value) ? Number(value) : undefined);
  const problem = processingProblem({
    options: isFilled(parameters.data_processing_options) ? parameters.data_processing_options : undefined,
    country: number(parameters.data_processing_options_country),
    state: number(parameters.data_processing_options_state),
  });
  return problem && processingRefusal(problem, []);
}

const itemShape = object({ _logTime: integer, _valueToSum: test("number", Number.isFinite) });

/** What Meta says to the events. */
export function checkItems(items: unknown): MetaRefusal | undefined {
  if (!Array.isArray(items) || items.length === 0) {
    return invalid(`Param "${jsonPath(["custom_events"])}" must be a JSON list of events`);
  }
  for (const [index, item] of items.entries()) {
    const path = ["custom_events", index];
    const problem = itemShape(item, path);
    if (problem) return wrongType(problem);
    if (!isObject(item) || typeof item._eventName !== "string" || !keys.eventName.test(item._eventName)) {
      return invalid(`Param "${jsonPath([...path, "_eventName"])}" must match ${keys.eventName.source}`);
    }
  }
  return undefined;
}
