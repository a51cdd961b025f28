import { type AppClaim, type AppEventsResult, readAppEventsAnswer, readDeferredAppLink } from "@beaconry/core/meta";
import { expectTypeOf, it } from "vitest";

it("tells a claim from a plain answer by success", () => {
  const answer = readAppEventsAnswer({});
  if (answer && "success" in answer) expectTypeOf(answer).toEqualTypeOf<AppEventsResult>();
  else if (answer) expectTypeOf(answer).toEqualTypeOf<AppClaim>();
});

it("knows the members", () => {
  expectTypeOf<AppClaim["clickTime"]>().toEqualTypeOf<number | undefined>();
  expectTypeOf<AppClaim["campaignId"]>().toEqualTypeOf<string | undefined>();
  // @ts-expect-error the wire's name
  readDeferredAppLink({})?.applink_url;
});
