import { followGoogleConsent } from "../../src/cmp/google-consent.js";
import { followTcf } from "../../src/cmp/tcf.js";
import { createPixel } from "../../src/create-pixel.js";
import { installStub, loadPlatform } from "./platform.js";

/** The script of the page in browser.test.ts. */
const shop = { createPixel, followGoogleConsent, followTcf, installStub, loadPlatform };

export type Shop = typeof shop;

Object.assign(window, { shop });
