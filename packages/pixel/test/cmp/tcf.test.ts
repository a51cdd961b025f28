import { beforeEach, describe, expect, test, vi } from "vitest";
import { listenToTcf } from "../../src/cmp/listen-to-tcf.js";
import { followTcf } from "../../src/cmp/tcf.js";
import { type CmpPage, openCmpPage } from "./page.js";
import { installStub, loadPlatform } from "./platform.js";

/** TCF's eleven purposes. */
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
/** All but 4, "use profiles to select personalised advertising". */
const some = [1, 2, 3, 7];

let page: CmpPage;
beforeEach(() => {
  page = openCmpPage();
});
const follow = (options = {}) => listenToTcf(page.pixel, options, page);

describe("what the platform says", () => {
  test("a choice of an earlier visit counts at once", () => {
    const platform = loadPlatform(page.globals);
    platform.loadStored(all);
    follow();
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("the question on the screen is no answer; what the person confirms is", () => {
    const platform = loadPlatform(page.globals);
    follow();
    platform.showQuestion();
    expect(page.said).toEqual([]);
    platform.confirm(all);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("a choice that is opened again and taken back", () => {
    const platform = loadPlatform(page.globals);
    platform.loadStored(all);
    follow();
    platform.showQuestion();
    platform.confirm([]);
    expect(page.said).toEqual([{ advertising: true }, { advertising: false }]);
  });

  test("a purpose that is missing is a refusal", () => {
    const platform = loadPlatform(page.globals);
    follow();
    platform.confirm(some);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("listed vendors must have consent as well", () => {
    const platform = loadPlatform(page.globals);
    follow({ vendorIds: [755] });
    platform.confirm(all, [32]);
    platform.confirm(all, [32, 755]);
    expect(page.said).toEqual([{ advertising: false }, { advertising: true }]);
  });

  test.each([true, false])("where GDPR does not apply, `outsideGdpr` is the default: %j", (outsideGdpr) => {
    const platform = loadPlatform(page.globals);
    follow({ outsideGdpr });
    platform.emit({ gdprApplies: false, eventStatus: "tcloaded" });
    expect(page.said).toEqual([{ advertising: outsideGdpr, asDefault: true }]);
    platform.emit({ eventStatus: "tcloaded" });
    expect(page.said).toHaveLength(1);
  });

  test("where GDPR does not apply, or that is not known, it says nothing", () => {
    const platform = loadPlatform(page.globals);
    follow();
    platform.doesNotApply();
    expect(page.said).toEqual([]);
  });

  test("the same event twice says the same twice", () => {
    const platform = loadPlatform(page.globals);
    follow();
    platform.confirm(all);
    platform.confirm(all);
    expect(page.said).toEqual([{ advertising: true }, { advertising: true }]);
  });
});

describe("when the platform comes", () => {
  test("the stub's queue is worked off", () => {
    installStub(page.globals);
    follow();
    expect(page.timers()).toBe(0);
    const platform = loadPlatform(page.globals);
    platform.confirm(all);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("after 29 s it is still found, within 250 ms", () => {
    follow();
    page.pass(29_000);
    loadPlatform(page.globals).loadStored(all);
    page.pass(250);
    expect(page.said).toEqual([{ advertising: true }]);
    expect(page.timers()).toBe(0);
  });

  test("after 30 s nobody looks any more", () => {
    follow();
    page.pass(29_999);
    expect(page.timers()).toBe(1);
    page.pass(1);
    expect(page.timers()).toBe(0);
    const platform = loadPlatform(page.globals);
    page.pass(60_000);
    expect(platform.listeners()).toBe(0);
  });

  test("something else of that name is no platform", () => {
    page.globals.__tcfapi = { queue: [] };
    follow();
    page.pass(500);
    loadPlatform(page.globals).loadStored(all);
    page.pass(250);
    expect(page.said).toEqual([{ advertising: true }]);
  });
});

describe("the end", () => {
  test("removes the listener", () => {
    const platform = loadPlatform(page.globals);
    const end = follow();
    expect(platform.listeners()).toBe(1);
    end();
    end();
    expect(platform.listeners()).toBe(0);
    platform.confirm(all);
    expect(page.said).toEqual([]);
  });

  test("only its own", () => {
    const platform = loadPlatform(page.globals);
    const first = follow();
    follow();
    first();
    expect(platform.listeners()).toBe(1);
    platform.confirm(all);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("before the platform comes: stops looking", () => {
    const end = follow();
    end();
    expect(page.timers()).toBe(0);
    loadPlatform(page.globals).loadStored(all);
    page.pass(1_000);
    expect(page.said).toEqual([]);
  });

  test("while the call waits in the stub's queue: removed as soon as it has an id", () => {
    installStub(page.globals);
    const end = follow();
    end();
    const platform = loadPlatform(page.globals);
    expect(platform.listeners()).toBe(0);
    platform.confirm(all);
    expect(page.said).toEqual([]);
  });

  test("a platform that does not let go is not heard any more", () => {
    const callbacks: ((...answer: unknown[]) => void)[] = [];
    const commands: string[] = [];
    page.globals.__tcfapi = (command: string, _version: number, callback: (...answer: unknown[]) => void) => {
      commands.push(command);
      if (command === "addEventListener") callbacks.push(callback);
      // Calls back from within the removal.
      for (const call of callbacks) call({ listenerId: 1 }, true);
    };
    const end = follow();
    end();
    const tcData = { gdprApplies: true, eventStatus: "tcloaded", listenerId: 1, purpose: { consents: {} } };
    for (const call of callbacks) call(tcData, true);
    expect(page.said).toEqual([]);
    expect(commands).toEqual(["addEventListener", "removeEventListener"]);
  });
});

describe("a hostile platform", () => {
  const refusal = {
    gdprApplies: true,
    eventStatus: "useractioncomplete",
    isServiceSpecific: true,
    purpose: { consents: {} },
  };

  test("success is not true: says nothing", () => {
    const platform = loadPlatform(page.globals);
    follow();
    for (const success of [false, null, 0, 1, "true"]) platform.emit(refusal, success);
    platform.emit(null, false);
    expect(page.said).toEqual([]);
    platform.emit(refusal, true);
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test.each([
    [null],
    [undefined],
    ["tcloaded"],
    [7],
    [[]],
    [{}],
    [{ ...refusal, purpose: null }],
    [{ ...refusal, gdprApplies: "true" }],
    [{ ...refusal, eventStatus: undefined }],
    [{ ...refusal, isServiceSpecific: false }],
    [{ ...refusal, cmpStatus: "error" }],
  ])("junk says nothing: %j", (junk) => {
    const platform = loadPlatform(page.globals);
    follow();
    platform.emit(junk);
    expect(page.said).toEqual([]);
    platform.confirm(all);
    expect(page.said).toEqual([{ advertising: true }]);
  });

  test("members that throw do not hide a refusal", () => {
    let call: (...answer: unknown[]) => void = () => {};
    page.globals.__tcfapi = (_command: string, _version: number, callback: typeof call) => {
      call = callback;
    };
    follow();
    const tcData = Object.defineProperty({ ...refusal }, "listenerId", {
      get() {
        throw new Error("mine");
      },
    });
    expect(() => call(tcData, true)).not.toThrow();
    expect(page.said).toEqual([{ advertising: false }]);
  });

  test("throws: the page goes on", () => {
    page.globals.__tcfapi = () => {
      throw new Error("not today");
    };
    const end = follow();
    expect(end).not.toThrow();
    Object.defineProperty(page.window, "__tcfapi", {
      get() {
        throw new Error("mine");
      },
    });
    expect(() => follow()()).not.toThrow();
    expect(page.said).toEqual([]);
  });

  test("a pixel that throws stays out of the platform", () => {
    const platform = loadPlatform(page.globals);
    const pixel = {
      consent() {
        throw new Error("no");
      },
    };
    listenToTcf(pixel, {}, page);
    expect(() => platform.confirm(all)).not.toThrow();
  });

  test("wrong options say nothing", () => {
    const platform = loadPlatform(page.globals);
    follow({ vendorIds: 755 });
    expect(() => platform.confirm(all)).not.toThrow();
    expect(page.said).toEqual([]);
  });
});

describe("followTcf", () => {
  test("is the same in the page it runs in", () => {
    const platform = loadPlatform(window as Parameters<typeof loadPlatform>[0]);
    const end = followTcf(page.pixel);
    platform.confirm(all);
    end();
    platform.confirm([]);
    expect(page.said).toEqual([{ advertising: true }]);
    expect(platform.listeners()).toBe(0);
  });

  test("does nothing on a server", () => {
    vi.stubGlobal("window", undefined);
    expect(followTcf(page.pixel)).not.toThrow();
    vi.unstubAllGlobals();
  });
});
