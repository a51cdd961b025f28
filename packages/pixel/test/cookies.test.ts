import { expect, test } from "vitest";
import { openCookies } from "../src/cookies.js";
import { cookiesOf, openPage, putCookies, received } from "./page.js";

const granted = { consent: { advertising: true } };
const publicSuffixes = ["com", "uk", "co.uk", "example", "github.io", "io"];

/** The domains of the cookies by name, where only these suffixes belong to nobody. */
function domainsAt(url: string, cookieDomain?: string) {
  const page = openPage(`${url}?ttclid=E.C.P`);
  const jar = putCookies(page, publicSuffixes);
  page.pixel({ ...granted, cookieDomain });
  return Object.fromEntries(jar.map(({ name, domain }) => [name, domain]));
}

test.each([
  ["https://www.shop.example/", "shop.example"],
  ["https://a.b.c.shop.example/", "shop.example"],
  ["https://www.shop.co.uk/", "shop.co.uk"],
  ["https://shop.co.uk/", "shop.co.uk"],
  ["https://shop.github.io/", "shop.github.io"],
])("%s: cookies are of the widest domain that the browser lets it have, %s", (url, domain) => {
  expect(domainsAt(url)).toEqual({ _fbp: domain, ttclid: domain });
});

test("a host that may have none for a domain has its own", () => {
  expect(domainsAt("https://github.io/")).toEqual({ _fbp: undefined, ttclid: undefined });
  const page = openPage("https://shop.example/?ttclid=E.C.P");
  const jar = putCookies(page, ["example", "shop.example"]);
  page.pixel(granted);
  expect(jar.map(({ domain }) => domain)).toEqual([undefined, undefined]);
});

test("cookieDomain wins, and one that the browser refuses costs no cookie", () => {
  expect(domainsAt("https://a.b.shop.example/", "b.shop.example")).toEqual({
    _fbp: "b.shop.example",
    ttclid: "b.shop.example",
  });
  expect(domainsAt("https://www.shop.example/", "other.example")).toEqual({ _fbp: undefined, ttclid: undefined });
});

test("an older cookie of the same name on another domain is removed", async () => {
  const page = openPage("https://www.shop.example/?ttclid=New");
  const jar = putCookies(page, publicSuffixes);
  const { document } = page.window;
  document.cookie = "ttclid=Older; Max-Age=1000";
  document.cookie = "ttclid=Old; Max-Age=1000; Domain=www.shop.example";
  document.cookie = "session=mine; Max-Age=1000";
  page.pixel(granted).track("ViewContent");
  await page.pass(1000);
  expect(jar.filter(({ name }) => name === "ttclid")).toMatchObject([{ value: "New", domain: "shop.example" }]);
  expect(jar.filter(({ name }) => name === "session")).toHaveLength(1);
  expect(received(page)[0]?.context.clicks?.ttclid).toBe("New");
});

test("a cookie that stands is not written again, whatever its domain", () => {
  const page = openPage("https://www.shop.example/?ttclid=Same");
  const jar = putCookies(page, publicSuffixes);
  page.window.document.cookie = "ttclid=Same; Max-Age=1000; Domain=www.shop.example";
  page.pixel(granted);
  expect(jar.find(({ name }) => name === "ttclid")).toMatchObject({ domain: "www.shop.example", maxAge: 1000 });
});

test("a refusal erases them on every domain they can have", () => {
  const page = openPage("https://www.shop.example/?ttclid=E.C.P");
  const jar = putCookies(page, publicSuffixes);
  const { document } = page.window;
  for (const domain of ["", "; Domain=www.shop.example", "; Domain=shop.example"])
    for (const name of ["_ttp", "_tt_enable_cookie", "ttcsid", "ttcsid_CABC", "_fbp", "_fbc"])
      document.cookie = `${name}=1; Max-Age=1000${domain}`;
  document.cookie = "cart=1; Max-Age=1000";
  const pixel = page.pixel(granted);
  pixel.consent({ advertising: false });
  expect(jar.map(({ name }) => name)).toEqual(["cart"]);
});

test("names that end or begin alike are others", () => {
  const page = openPage();
  const cookies = openCookies(page.window as never, undefined);
  page.window.document.cookie = "x_fbp=1";
  page.window.document.cookie = "_fbpx=2";
  expect(cookies.read("_fbp")).toBeUndefined();
  page.window.document.cookie = "_fbp=a=b";
  expect(cookies.read("_fbp")).toBe("a=b");
  expect(cookies.names().sort()).toEqual(["_fbp", "_fbpx", "x_fbp"]);
});

test("none in an app's web view", () => {
  const page = openPage("https://shop.example/?ttclid=E.C.P&fbclid=A");
  page.pixel({ ...granted, app: { id: "com.shop" }, device: { platform: "ios", osVersion: "17.2" } });
  expect(cookiesOf(page)).toEqual({});
});
