import { createPixel } from "@beaconry/pixel";

// A shell such as Capacitor asks the system for these; a page alone does not know them.
const installation = localStorage.getItem("installation") ?? crypto.randomUUID();
const isFirstLaunch = localStorage.getItem("installation") === null;
localStorage.setItem("installation", installation);

const pixel = createPixel({
  endpoint: new URL("/collect", location.href).href,
  app: { id: "com.example.knit", name: "Knit & Hearth", version: "7.7.1", build: "771" },
  device: {
    platform: "android",
    osVersion: "15",
    advertisingId: installation,
    anonId: `XZ${installation}`,
    model: "Pixel 9",
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screenWidth: screen.width,
    screenHeight: screen.height,
    screenDensity: devicePixelRatio,
    cpuCores: navigator.hardwareConcurrency,
  },
  pageViews: "manual",
});

const checked = (id: string) => (document.getElementById(id) as HTMLInputElement).checked;
const applyChoices = () =>
  pixel.consent({
    advertising: true,
    advertiserTracking: checked("advertiser-tracking"),
    applicationTracking: checked("application-tracking"),
  });
for (const id of ["advertiser-tracking", "application-tracking"]) {
  document.getElementById(id)?.addEventListener("change", applyChoices);
}
applyChoices();

pixel.identify({ email: "ada@example.com", phone: "+1 650 555 1212", externalId: "customer-7" });
if (isFirstLaunch) pixel.track("MobileAppInstall");
pixel.track("ActivateApp");

document.getElementById("buy")?.addEventListener("click", async () => {
  pixel.track("Purchase", {
    currency: "EUR",
    value: 19.98,
    contentType: "product",
    contents: [{ id: "1234", name: "Wool socks", price: 9.99, quantity: 2 }],
  });
  const { pending } = await pixel.flush();
  const status = document.getElementById("status");
  if (status)
    status.textContent = pending === 0 ? "Bought. Thank you!" : "Bought; we will report it as soon as you are online.";
});
