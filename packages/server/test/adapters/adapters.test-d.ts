import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { type RequestTracker, readConsent, type Tracker } from "@beaconry/server";
import { isBot } from "@beaconry/server/bots";
import { collectHandler, fromNodeRequest, toRequest } from "@beaconry/server/node";
import type { Express } from "express";
import type { FastifyInstance } from "fastify";
import { describe, expectTypeOf, it } from "vitest";

declare const tracker: Tracker;
declare const app: Express;
declare const fastify: FastifyInstance;
declare const request: Request;

describe("types of the adapters", () => {
  it("fit the servers", () => {
    createServer(collectHandler(tracker));
    createSecureServer(collectHandler(tracker));
    app.all("/collect", collectHandler(tracker));
    app.post("/order", (request) => fromNodeRequest(tracker, request, { consent: readConsent(request.body.consent) }));
    fastify.all("/collect", (request, reply) => collectHandler(tracker)(request.raw, reply.raw));
    expectTypeOf(toRequest).returns.toEqualTypeOf<Request | undefined>();
    expectTypeOf(isBot).parameters.toEqualTypeOf<[string | undefined]>();
  });

  it("let a request's tracker add what it knows, and check the event", () => {
    const bound = tracker.fromRequest(request, { consent: { advertising: true }, remoteAddress: "192.0.2.1" });
    expectTypeOf(bound).toEqualTypeOf<RequestTracker>();
    bound.track("Purchase", { currency: "EUR", value: 1 }, { id: "1", context: { locale: "de" } });
    bound.track("PageView", {});
    // @ts-expect-error a purchase needs a value
    bound.track("Purchase", { currency: "EUR" });
    // @ts-expect-error an unknown option
    bound.track("PageView", {}, { usr: {} });
    // @ts-expect-error an unknown option
    tracker.fromRequest(request, { trustProxy: 1 });
    // @ts-expect-error consent is no text
    tracker.fromRequest(request, { consent: "yes" });
  });
});
