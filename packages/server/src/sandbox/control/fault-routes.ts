import type { Fault, Faults } from "../faults/fault.js";
import { refusal } from "./refusal.js";
import type { ControlRoute } from "./route.js";

/** `/_sandbox/faults`: list, add, remove one or all. */
export function faultRoutes(faults: Faults): readonly ControlRoute[] {
  return [
    { method: "GET", path: /^\/faults$/, handle: () => ({ status: 200, body: { faults: faults.list() } }) },
    {
      method: "POST",
      path: /^\/faults$/,
      handle: ({ json }) => {
        const id = faults.add(json as Fault);
        return { status: 201, body: faults.list().find((fault) => fault.id === id) };
      },
    },
    {
      method: "DELETE",
      path: /^\/faults$/,
      handle: () => {
        faults.clear();
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: /^\/faults\/([^/]+)$/,
      handle: ({ captured: [id = ""] }) =>
        faults.remove(id) ? { status: 204 } : refusal(404, "not_found", "there is no fault of this id"),
    },
  ];
}
