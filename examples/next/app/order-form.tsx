"use client";

import { buy } from "./actions";
import { pixel, storedConsent } from "./pixel";

export function OrderForm() {
  return (
    <form
      action={(form) => {
        // Hashed in the page, before it is stored or sent to the collector.
        pixel.identify({ email: String(form.get("email")) });
        form.set("consent", storedConsent() ?? "");
        return buy(form);
      }}
    >
      <label>
        E-mail <input name="email" type="email" autoComplete="email" required />
      </label>{" "}
      <button type="submit">Buy</button>
    </form>
  );
}
