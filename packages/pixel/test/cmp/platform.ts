/**
 * A consent platform as "CMP API v2" of IAB Tech Lab has it: a stub that queues, then an API in the stub's place that
 * works off the queue, first in, first out; listeners with ids, called at once and at each change.
 */
export type TcData = Record<string, unknown>;

type Callback = (...answer: unknown[]) => void;
type Call = [command: string, version: number, callback: Callback, parameter?: unknown];
interface TcfPage {
  __tcfapi?: ((...call: Call) => void) & { queue?: Call[] };
}

/** The stub answers `ping` alone; every other call waits for the platform. */
export function installStub(page: TcfPage): void {
  const queue: Call[] = [];
  page.__tcfapi = Object.assign(
    (...call: Call) => {
      const [command, , callback] = call;
      if (command === "ping") callback({ cmpLoaded: false, cmpStatus: "stub", apiVersion: "2.2" });
      else queue.push(call);
    },
    { queue },
  );
}

/** A loaded platform. Each method is something that happens in it; listeners are told. */
export interface Platform {
  listeners(): number;
  /** A string of an earlier visit is valid: no question. */
  loadStored(purposes: readonly number[], vendors?: readonly number[]): void;
  /** The question is on the screen. Consents are false until the person answers, or those of before. */
  showQuestion(): void;
  /** The person confirms. */
  confirm(purposes: readonly number[], vendors?: readonly number[]): void;
  /** GDPR does not apply to this person. */
  doesNotApply(): void;
  /** Tells listeners this, whatever it is. */
  emit(tcData: unknown, success?: unknown): void;
}

/** Takes the stub's place. Until something happens, `gdprApplies` is not known. */
export function loadPlatform(page: TcfPage): Platform {
  const listeners = new Map<number, Callback>();
  let made = 0;
  let current: TcData = {
    cmpId: 1000,
    cmpVersion: 1,
    tcfPolicyVersion: 4,
    cmpStatus: "loaded",
    gdprApplies: undefined,
  };

  const tell = (tcData: unknown, success: unknown) => {
    for (const [listenerId, callback] of [...listeners]) {
      callback(tcData && typeof tcData === "object" ? { ...tcData, listenerId } : tcData, success);
    }
  };
  const emit = (change: TcData) => {
    current = { ...current, gdprApplies: true, isServiceSpecific: true, tcString: "C…", ...change };
    tell(current, true);
  };
  const granted = (ids: readonly number[]) => Object.fromEntries(ids.map((id) => [id, true]));
  const consents = (purposes: readonly number[], vendors: readonly number[] = []) => ({
    purpose: { consents: granted(purposes), legitimateInterests: {} },
    vendor: { consents: granted(vendors), legitimateInterests: {} },
    publisher: { consents: {}, legitimateInterests: {}, restrictions: {} },
  });

  const queue = page.__tcfapi?.queue ?? [];
  page.__tcfapi = (command, version, callback, parameter) => {
    if (version !== 2) callback(null, false);
    else if (command === "addEventListener") {
      listeners.set(++made, callback);
      callback({ ...current, listenerId: made }, true);
    } else if (command === "removeEventListener") callback(listeners.delete(parameter as number));
  };
  for (const call of queue) page.__tcfapi(...call);

  return {
    listeners: () => listeners.size,
    loadStored: (purposes, vendors) => emit({ eventStatus: "tcloaded", ...consents(purposes, vendors) }),
    showQuestion: () => emit({ ...consents([]), ...current, eventStatus: "cmpuishown" }),
    confirm: (purposes, vendors) => emit({ eventStatus: "useractioncomplete", ...consents(purposes, vendors) }),
    doesNotApply() {
      // Of the rest, the document says, nothing exists then.
      const { cmpId, cmpVersion, tcfPolicyVersion } = current;
      current = { gdprApplies: false, cmpId, cmpVersion, tcfPolicyVersion };
      tell(current, true);
    },
    emit: (tcData, success = true) => tell(tcData, success),
  };
}
