// Type-checked in the project of somebody who has installed the packages: what runs in a page.
import { createPixel, type Pixel } from "@beaconry/pixel";
import { followGoogleConsent } from "@beaconry/pixel/google-consent";
import { followTcf } from "@beaconry/pixel/tcf";

declare module "@beaconry/core" {
  interface Register {
    events: { QuizFinished: { score: number } };
  }
}

const pixel: Pixel = createPixel({ endpoint: "/collect", tags: { meta: { pixelId: "1000000000001" } } });
export const ends = [followTcf(pixel, { vendorIds: [] }), followGoogleConsent(pixel)];
pixel.consent({ advertising: true });
pixel.identify({ email: "ada@example.com" });
pixel.track("Purchase", { currency: "EUR", value: 21.97, contents: [{ id: "1234", quantity: 2 }] });
pixel.track("QuizFinished", { score: 3 });
// @ts-expect-error a purchase needs a currency
pixel.track("Purchase", { value: 21.97 });
// @ts-expect-error no such event
pixel.track("Purchsae");
