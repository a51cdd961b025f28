// What the pages' code takes for granted: values that an app has at that place. Names that a page has imported in an
// earlier block need not be here.
/// <reference types="vitest/globals" />

declare const destinations: import("@beaconry/server").Destination[];
declare const tracker: import("@beaconry/server").Tracker;
declare const pixel: import("@beaconry/pixel").Pixel;
declare const request: Request;
declare const remoteAddress: string | undefined;
declare const consent: import("@beaconry/core").Consent;
declare const context: import("@beaconry/core").EventContext;
declare const user: import("@beaconry/core").UserData;
/** An Express app. */
declare const app: import("express").Express;
declare const cdnRanges: string[];
declare const order: { id: string; consent: unknown; total: number; email: string };
declare const events: AsyncIterable<import("@beaconry/core/funnel").FunnelEvent>;
declare function alertSomebody(): void;
declare function buy(order: string): Promise<void>;

/** What a Worker gets. */
interface Env {
  META_TOKEN: string;
}
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
declare function destinationsOf(env: Env): import("@beaconry/server").Destination[];

interface Navigator {
  globalPrivacyControl?: boolean;
}
