import { drive } from "./drive.ts";
import { eventLine, headLine } from "./lines.ts";
import { startDemo } from "./start.ts";

const isDriven = process.argv.includes("--drive");
const demo = await startDemo(isDriven ? {} : { sandbox: 4010, shop: 4000 });

console.log(`\nThe sandbox (TikTok and Meta, emulated)  ${demo.sandbox.url}`);
console.log(`The shop                                 ${demo.shopUrl}`);
console.log(`The shop's app, as a web view            ${demo.shopUrl}/app`);
console.log(`The shop's journal, of hashes            ${demo.journalPath}\n`);
console.log(headLine());
demo.sandbox.on((event) => console.log(eventLine(event)));

if (isDriven) {
  const { report, ok } = await drive(demo).catch((error: Error) => ({
    report: `\nThe drive broke off: ${error.message}`,
    ok: false,
  }));
  await demo[Symbol.asyncDispose]();
  console.log(report);
  process.exitCode = ok ? 0 : 1;
} else {
  console.log("Shop with a click id: %s/?fbclid=IwAR0demo&ttclid=E.C.P.demo   (Ctrl+C ends the demo)", demo.shopUrl);
  process.once("SIGINT", () => void demo[Symbol.asyncDispose]().then(() => process.exit(0)));
}
