// Stands for your consent platform: as much of IAB's CMP API v2 as a page needs to ask, remember and tell. Not for production:
// it makes no TC string, and knows purposes only.

type Listener = (tcData: object, success: boolean) => void;

const purposes = { 1: "Store on this device", 3: "Make a profile", 4: "Use a profile for ads", 7: "Measure ads" };
const key = "cmp";

let chosen = JSON.parse(localStorage.getItem(key) ?? "null") as Record<string, boolean> | null;
let eventStatus = chosen ? "tcloaded" : "cmpuishown";
let lastId = 0;
const listeners = new Map<number, Listener>();

const tell = (listenerId: number) =>
  listeners.get(listenerId)?.(
    {
      cmpStatus: "loaded",
      eventStatus,
      gdprApplies: true,
      isServiceSpecific: true,
      listenerId,
      purpose: { consents: chosen ?? {} },
      vendor: { consents: {} },
    },
    true,
  );

Object.assign(window, {
  __tcfapi(command: string, _version: number, callback: Listener, parameter?: number) {
    if (command === "addEventListener") {
      listeners.set(++lastId, callback);
      tell(lastId);
    } else if (command === "removeEventListener") {
      callback({}, listeners.delete(parameter ?? 0));
    }
  },
});

const banner = document.createElement("section");
banner.setAttribute("aria-label", "Privacy choices");
banner.innerHTML = `<form>
  ${Object.entries(purposes)
    .map(([id, text]) => `<label><input type="checkbox" name="${id}"> ${text}</label>`)
    .join("")}
  <div><button value="none">Refuse all</button> <button value="some">Save</button> <button value="all">Accept all</button></div>
</form>`;
const reopen = Object.assign(document.createElement("button"), { type: "button", textContent: "Privacy choices" });
document.body.append(banner, reopen);
show(chosen === null);

banner.addEventListener("submit", (event) => {
  event.preventDefault();
  const which = ((event as SubmitEvent).submitter as HTMLButtonElement).value;
  const checked = new FormData(event.target as HTMLFormElement);
  chosen = Object.fromEntries(
    Object.keys(purposes).map((id) => [id, which === "all" || (which === "some" && checked.has(id))]),
  );
  localStorage.setItem(key, JSON.stringify(chosen));
  eventStatus = "useractioncomplete";
  show(false);
  for (const id of listeners.keys()) tell(id);
});
reopen.addEventListener("click", () => {
  eventStatus = "cmpuishown";
  show(true);
  for (const id of listeners.keys()) tell(id);
});

function show(isOpen: boolean): void {
  banner.hidden = !isOpen;
  reopen.hidden = isOpen;
}
