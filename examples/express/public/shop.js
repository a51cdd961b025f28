const pixel = window.beaconry.createPixel({
  endpoint: "/collect",
  tags: {
    // Each scriptUrl is the sandbox's. Leave them out to load the vendors' own scripts.
    meta: { pixelId: "1000000000001", scriptUrl: "http://127.0.0.1:4010/en_US/fbevents.js" },
    tiktok: { pixelCode: "C0DEMO00000000000000", scriptUrl: "http://127.0.0.1:4010/i18n/pixel/events.js" },
  },
});
const socks = { contentType: "product", contents: [{ id: "1234", price: 9.99, quantity: 1 }] };
pixel.track("InitiateCheckout", { currency: "EUR", value: 9.99, ...socks });

const banner = document.getElementById("banner");
banner.hidden = storedConsent() !== null;
banner.addEventListener("click", ({ target }) => {
  if (target.type !== "button") return;
  pixel.consent({ advertising: target.value === "yes" });
  banner.hidden = true;
});
document.getElementById("privacy").addEventListener("click", () => {
  banner.hidden = false;
});

document.getElementById("order").addEventListener("submit", async (event) => {
  event.preventDefault();
  const email = event.target.email.value;
  const status = document.getElementById("status");
  const answer = await fetch("/orders", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    // The server can not see what the visitor chose: it is told.
    body: JSON.stringify({ email, consent: storedConsent() }),
  }).catch(() => undefined);
  if (!answer?.ok) {
    status.textContent = "That did not work, please try again.";
    return;
  }
  const order = await answer.json();
  pixel.identify({ email });
  pixel.track(
    "Purchase",
    { currency: order.currency, value: order.value, orderId: order.id, ...socks },
    { id: order.id },
  );
  status.textContent = "Thank you!";
});

function storedConsent() {
  try {
    return localStorage.getItem("beaconry.consent");
  } catch {
    return null; // storage is denied
  }
}
