import { describe, expect, test } from "vitest";
import { cookiesOf, openPage, putCookies, received, type TestPage } from "./page.js";

const granted = { consent: { advertising: true } };

/** What was assigned to `document.cookie`. */
function recordWrites({ window }: TestPage): string[] {
  const written: string[] = [];
  const { document } = window;
  let owner: object = document;
  while (!Object.getOwnPropertyDescriptor(owner, "cookie")) owner = Object.getPrototypeOf(owner);
  const real = Object.getOwnPropertyDescriptor(owner, "cookie");
  Object.defineProperty(document, "cookie", {
    get: () => real?.get?.call(document),
    set(value: string) {
      written.push(value);
      real?.set?.call(document, value);
    },
  });
  return written;
}

describe("click ids", () => {
  test("of the landing are kept as the vendors' cookies, with their lives", () => {
    const page = openPage("https://shop.example/?fbclid=AbCdEf_12&ttclid=E.C.P.AbC");
    const jar = putCookies(page, ["example"]);
    page.dice.value = 0.999_999_999_9;
    page.pixel(granted);
    expect(jar.map(({ text }) => text)).toEqual([
      "_fbc=fb.1.1760000000000.AbCdEf_12; Max-Age=7776000; Path=/; SameSite=Lax; Domain=shop.example; Secure",
      "_fbp=fb.1.1760000000000.2147483646; Max-Age=7776000; Path=/; SameSite=Lax; Domain=shop.example; Secure",
      "ttclid=E.C.P.AbC; Max-Age=2592000; Path=/; SameSite=Lax; Domain=shop.example; Secure",
    ]);
  });

  test("without Secure on a plain http page", () => {
    const page = openPage("http://localhost:8080/?ttclid=E.C.P");
    const jar = putCookies(page, []);
    page.pixel(granted);
    expect(jar.at(-1)?.text).toBe("ttclid=E.C.P; Max-Age=2592000; Path=/; SameSite=Lax; Domain=localhost");
  });

  test("are read at creation: the address may change before the person answers", async () => {
    const page = openPage("https://shop.example/?fbclid=First&ttclid=Second");
    const pixel = page.pixel();
    await page.pass(60_000);
    page.window.history.replaceState({}, "", "/");
    pixel.consent({ advertising: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    expect(received(page)[0]?.context.clicks).toEqual({
      fbc: "fb.1.1760000000000.First",
      fbp: "fb.1.1760000060000.1073741823",
      ttclid: "Second",
    });
  });

  test("are written only when absent or changed", () => {
    const page = openPage("https://shop.example/?fbclid=Same&ttclid=Same");
    page.window.document.cookie = "_fbc=fb.2.1700000000000.Same; Path=/";
    page.window.document.cookie = "_fbp=fb.2.1700000000000.12.appendix; Path=/";
    page.window.document.cookie = "ttclid=Same; Path=/";
    const written = recordWrites(page);
    page.pixel(granted).consent({ advertising: true });
    expect(written).toEqual([]);
    const next = openPage("https://shop.example/?fbclid=New&ttclid=New", page);
    next.pixel(granted);
    expect(cookiesOf(next)).toEqual({
      _fbc: "fb.1.1760000000000.New",
      _fbp: "fb.2.1700000000000.12.appendix",
      ttclid: "New",
    });
  });

  test("every event carries them, with what TikTok's script added since", async () => {
    const page = openPage();
    page.window.document.cookie = "_fbc=fb.1.1755000000000.Old; Path=/";
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    page.window.document.cookie = "_ttp=27characters; Path=/";
    pixel.track("ViewContent");
    await page.pass(1000);
    const [first, second] = received(page);
    expect(first?.context.clicks).toEqual({ fbc: "fb.1.1755000000000.Old", fbp: "fb.1.1760000000000.1073741823" });
    expect(second?.context.clicks?.ttp).toBe("27characters");
  });

  test("of a later click, on another page, are not overwritten by what this page landed with", async () => {
    const page = openPage("https://shop.example/?fbclid=First&ttclid=First");
    const pixel = page.pixel();
    pixel.consent({ advertising: true });
    await page.pass(60_000);
    page.hide();
    const later = openPage("https://shop.example/?fbclid=Later&ttclid=Later", page);
    later.pixel();
    page.window.document.cookie = `_fbc=${cookiesOf(later)._fbc}; Path=/`;
    page.window.document.cookie = "ttclid=Later; Path=/";
    page.comeBack();
    pixel.consent({ limitedDataUse: true });
    expect(cookiesOf(page)).toMatchObject({ _fbc: "fb.1.1760000060000.Later", ttclid: "Later" });
    // Erased by a refusal, they are those of the landing again where the person agrees after all.
    pixel.consent({ advertising: false });
    pixel.consent({ advertising: true });
    expect(cookiesOf(page)).toMatchObject({ _fbc: "fb.1.1760000000000.First", ttclid: "First" });
  });

  test("a damaged browser id is replaced", () => {
    const page = openPage();
    page.window.document.cookie = "_fbp=garbage; Path=/";
    page.pixel(granted);
    expect(cookiesOf(page)).toEqual({ _fbp: "fb.1.1760000000000.1073741823" });
  });

  test("last for the page where cookies are refused", async () => {
    const page = openPage("https://shop.example/?ttclid=E.C.P");
    Object.defineProperty(page.window.document, "cookie", { get: () => "", set() {} });
    const pixel = page.pixel(granted);
    pixel.track("ViewContent");
    await page.pass(500);
    pixel.consent({ limitedDataUse: true });
    pixel.track("ViewContent");
    await page.pass(1000);
    const [first, second] = received(page);
    expect(first?.context.clicks).toEqual({ fbp: "fb.1.1760000000000.1073741823", ttclid: "E.C.P" });
    expect(second?.context.clicks).toEqual(first?.context.clicks);
  });
});
