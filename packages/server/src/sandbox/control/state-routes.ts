import type { ActiveFault } from "../faults/fault.js";
import type { ControlRoute } from "./route.js";

/** What `GET /_sandbox/state` tells, beside the address. */
export interface SandboxState {
  readonly seed: number;
  /** How many events are kept. */
  readonly events: number;
  /** How many requests are kept. */
  readonly requests: number;
  readonly faults: readonly ActiveFault[];
}

/** `/_sandbox/state` and `/_sandbox/reset`. */
export function stateRoutes(state: () => SandboxState, reset: () => void): readonly ControlRoute[] {
  return [
    {
      method: "GET",
      path: /^\/state$/,
      handle: ({ headers }) => ({ status: 200, body: { url: `http://${headers.host}`, ...state() } }),
    },
    {
      method: "POST",
      path: /^\/reset$/,
      handle: () => {
        reset();
        return { status: 204 };
      },
    },
  ];
}
