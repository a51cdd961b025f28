import { queueCalls } from "./queue-calls.js";

// The README shows what the build makes of this file; a test holds them together.
queueCalls(window as unknown as Parameters<typeof queueCalls>[0]);
