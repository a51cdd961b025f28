import { BeaconryError } from "@beaconry/core";
import { header, type Route } from "../../http-call.js";
import type { JsonObject } from "../../json.js";
import type { TokenCheck } from "../../tokens.js";
import { type BusinessCall, type BusinessRoute, forbidden, invalid } from "../business-route.js";
import { type SandboxForm, sandboxForms, testAnswers } from "./forms.js";
import { type NewSandboxLead, type SandboxDelivery, type SandboxLead, toWireLead } from "./lead.js";
import { type LeadFile, writeLeadFile } from "./lead-file.js";
import { SandboxSubscriptions } from "./subscriptions.js";
import { WebhookSender } from "./webhook-sender.js";

interface Task {
  readonly advertiserId: string;
  readonly region: string | undefined;
  readonly formId: string | undefined;
  /** Polls so far: it runs at the first, and is done at the second. */
  polls: number;
  file?: LeadFile;
  doneAt?: number;
}

/** TikTok keeps a file for so long, ms. */
const FILE_LIFE = 600_000;
/** So many leads are kept; older ones are let go. */
const MOST_LEADS = 100_000;

/** A lead in the making: its deliveries go on. */
type KeptLead = SandboxLead & { deliveries: readonly SandboxDelivery[] };

/** Forms, leads, their files and webhooks. */
export class SandboxLeads {
  readonly #leads = new Map<string, KeptLead>();
  readonly #tasks = new Map<string, Task>();
  readonly subscriptions: SandboxSubscriptions;
  readonly #sender: WebhookSender;
  readonly #now: () => number;
  readonly #onChange: () => void;
  #made = 0;

  constructor(
    checkToken: TokenCheck,
    hasAccount: (id: unknown) => boolean,
    now: () => number,
    onChange: (part: "leads" | "subscriptions") => void,
  ) {
    this.subscriptions = new SandboxSubscriptions(checkToken, hasAccount, () => onChange("subscriptions"));
    this.#sender = new WebhookSender(now);
    this.#now = now;
    this.#onChange = () => onChange("leads");
  }

  /** How many are kept. */
  get size(): number {
    return this.#leads.size;
  }

  /** Oldest first. @param last only so many, the newest */
  list(last = MOST_LEADS): readonly SandboxLead[] {
    return [...this.#leads.values()].slice(-last).map((lead) => ({ ...lead }));
  }

  /** Throws `invalid_option`. */
  submit(given: NewSandboxLead, isTest = false): SandboxLead {
    const { form, answers, region } = readSubmission(given);
    const lead: KeptLead = {
      id: String(7_700_000_000_000_000_001n + BigInt(this.#made++)),
      formId: form.page_id,
      formName: form.page_name,
      accountId: form.advertiser_id,
      createdAt: this.#now(),
      ...(region && { region }),
      answers,
      isTest,
      deliveries: [],
    };
    this.#leads.set(lead.id, lead);
    const [oldest] = this.#leads.keys();
    if (this.#leads.size > MOST_LEADS && oldest !== undefined) this.#leads.delete(oldest);
    for (const callback of this.subscriptions.callbacksOf(form)) {
      this.#sender.send(lead, callback, (delivery) => {
        const others = lead.deliveries.filter((one) => one.subscriptionId !== delivery.subscriptionId);
        lead.deliveries = [...others, delivery];
        this.#onChange();
      });
    }
    this.#onChange();
    return { ...lead };
  }

  clear(): void {
    this.stop();
    this.#leads.clear();
    this.#tasks.clear();
    this.subscriptions.clear();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#sender.stop();
  }

  routes(route: BusinessRoute): readonly Route[] {
    return [
      ...this.subscriptions.routes(route),
      route("POST", "/page/lead/task/", (call) => this.#task(call)),
      route("GET", "/page/lead/task/download/", (call) => this.#download(call)),
      route("GET", "/lead/get/", ({ query }) => this.#ofForm(query, ({ page_id }) => this.#last(page_id))),
      route("GET", "/lead/field/get/", ({ query }) =>
        this.#ofForm(query, ({ fields, page_id, page_name }) => ({ fields, meta_data: { page_id, page_name } })),
      ),
      route("POST", "/page/lead/mock/create/", ({ body }) =>
        this.#ofForm(body, (form) => {
          if (this.#test(form)) return invalid("page_id: the form has a test lead already");
          return toWireLead(this.submit({ formId: form.page_id, answers: testAnswers }, true));
        }),
      ),
      route("GET", "/page/lead/mock/get/", ({ query }) =>
        this.#ofForm(query, (form) => {
          const test = this.#test(form);
          return test ? toWireLead(test) : {};
        }),
      ),
      route("POST", "/page/lead/mock/delete/", ({ body }) =>
        this.#ofForm(body, (form) => {
          const test = this.#test(form);
          if (!test || test.id !== (body.lead_id ?? test.id)) return invalid("lead_id: there is no such test lead");
          this.#leads.delete(test.id);
          this.#onChange();
          return {};
        }),
      ),
    ];
  }

  #test({ page_id }: SandboxForm): SandboxLead | undefined {
    return this.list().find(({ formId, isTest }) => isTest && formId === page_id);
  }

  #last(formId: string) {
    const last = this.list().findLast((lead) => lead.formId === formId);
    return last ? toWireLead(last) : {};
  }

  #ofForm(parameters: JsonObject, answer: (form: SandboxForm) => object | { code: number; message: string }) {
    const { advertiser_id, page_id, lead_source = "INSTANT_FORM" } = parameters;
    if (lead_source !== "INSTANT_FORM") return invalid("lead_source: the sandbox has INSTANT_FORM only");
    if (page_id === undefined) return invalid("page_id: required");
    const form = findForm(advertiser_id, page_id);
    if (!form) return forbidden("No permission to operate the form");
    const data = answer(form);
    return "code" in data ? data : { data };
  }

  #task({ body, call }: BusinessCall) {
    const { advertiser_id, page_id, ad_id, task_id } = body;
    if (task_id !== undefined) return this.#poll(String(task_id), String(advertiser_id));
    if ((page_id === undefined) === (ad_id === undefined))
      return invalid("page_id or ad_id: one of the two is required");
    const form = findForm(advertiser_id, page_id ?? sandboxForms[0]?.page_id);
    if (!form) return forbidden("No permission to operate the form");
    const id = String(7_800_000_000_000_000_001n + BigInt(this.#tasks.size));
    const formId = page_id === undefined ? undefined : form.page_id;
    this.#tasks.set(id, { advertiserId: form.advertiser_id, region: header(call, "x-lead-region"), formId, polls: 0 });
    return { data: { task_id: id, status: "CREATED" } };
  }

  #poll(id: string, advertiserId: string) {
    const task = this.#tasks.get(id);
    if (task?.advertiserId !== advertiserId) return invalid("task_id: there is no such task");
    if (++task.polls === 1) return { data: { task_id: id, status: "RUNNING" } };
    task.file ??= writeLeadFile(`leads_${id}`, this.#leadsOf(task));
    task.doneAt ??= this.#now();
    const { file_name, file_type } = task.file;
    return { data: { task_id: id, status: "SUCCEED", file_name, file_type } };
  }

  #leadsOf({ region, formId, advertiserId }: Task): readonly SandboxLead[] {
    return this.list().filter(
      (lead) =>
        lead.accountId === advertiserId && lead.region === region && (formId === undefined || lead.formId === formId),
    );
  }

  #download({ query, call }: BusinessCall) {
    const task = this.#tasks.get(String(query.task_id));
    const isOwn = task?.advertiserId === query.advertiser_id && task?.region === header(call, "x-lead-region");
    if (!task || !isOwn) return invalid("task_id: there is no such task");
    if (!task.file || task.doneAt === undefined) return { code: 40201, message: "The task is not ready" };
    if (this.#now() - task.doneAt > FILE_LIFE) return { code: 40910, message: "The file has expired" };
    const type = task.file.file_type === "csv" ? "text/csv" : "application/zip";
    return { status: 200, headers: { "content-type": type }, body: Buffer.from(task.file.bytes) };
  }
}

function findForm(advertiserId: unknown, pageId: unknown): SandboxForm | undefined {
  return sandboxForms.find(({ advertiser_id, page_id }) => advertiser_id === advertiserId && page_id === pageId);
}

function readSubmission({ formId, answers, region }: NewSandboxLead) {
  const form = formId === undefined ? sandboxForms[0] : sandboxForms.find(({ page_id }) => page_id === formId);
  const fail = (what: string): never => {
    throw new BeaconryError("invalid_option", `submitLead: ${what}`);
  };
  if (!form) return fail(`formId is none, accepted is ${sandboxForms.map(({ page_id }) => page_id).join(", ")}`);
  const isTable = typeof answers === "object" && answers !== null && !Array.isArray(answers);
  if (!isTable || !Object.values(answers).every((answer) => typeof answer === "string")) {
    return fail("answers does not fit, accepted is an object of texts");
  }
  if (region !== undefined && region !== "eu" && region !== "us") return fail("region is none, accepted is eu, us");
  return { form, answers, region };
}
