import type { Browser, BrowserContext, Page } from "playwright-core";
import type { Sandbox } from "../../packages/server/dist/sandbox.js";
import { secrets, visitorAddress } from "./run-example.js";

/** The address that the sandbox has in the examples' pages. */
const documented = "http://127.0.0.1:4010";

/** One visitor's page; what its tags ask of the documented sandbox goes to the one of the test. */
export async function visit(
  browser: Browser,
  sandbox: Pick<Sandbox, "url">,
): Promise<{ page: Page; context: BrowserContext; leaks: string[]; asked: string[] }> {
  const context = await browser.newContext({ extraHTTPHeaders: { "X-Forwarded-For": visitorAddress } });
  context.setDefaultTimeout(15_000);
  const asked: string[] = [];
  await context.route(`${documented}/**`, (route) => {
    asked.push(route.request().url());
    return route.continue({ url: route.request().url().replace(documented, sandbox.url) });
  });
  const page = await context.newPage();
  const leaks: string[] = [];
  page.on("response", async (response) => {
    const text = await response.text().catch(() => "");
    if (Object.values(secrets).some((secret) => text.includes(secret))) leaks.push(response.url());
  });
  page.on("request", (request) => {
    if (request.url().endsWith("/collect")) asked.push(request.url());
  });
  return { page, context, leaks, asked };
}
