import { useState } from "preact/hooks";
import { testAnswers } from "../../tiktok-business/leads/forms.js";
import type { NewSandboxLead } from "../../tiktok-business/leads/lead.js";
import { forms, subscriptions } from "../business.js";
import { count } from "../model/words.js";
import { submitLead } from "../sandbox-client.js";
import { spoken } from "../state.js";

/** Hands in a form, as a person in TikTok would. */
export function LeadForm() {
  const [formId, setFormId] = useState("");
  const [error, setError] = useState("");
  const form = forms.value.find(({ page_id }) => page_id === formId) ?? forms.value[0];
  if (!form) return null;
  const told = subscriptions.value?.filter(({ entity, alive, details }) => {
    const isOfForm = details.page_id === undefined || details.page_id === form.page_id;
    return entity === "LEAD" && alive && isOfForm && details.advertiser_id === form.advertiser_id;
  });
  const send = async (lead: NewSandboxLead) => {
    try {
      const { id } = await submitLead(lead);
      setError("");
      spoken.value = `Lead ${id} handed in`;
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  return (
    <section class="card">
      <h2>Hand in a lead</h2>
      <form
        class="fault-form"
        onSubmit={(event) => {
          event.preventDefault();
          void send(readLead(form.page_id, form.fields, new FormData(event.currentTarget)));
        }}
      >
        <label class="whole">
          Form
          <select value={form.page_id} onChange={(event) => setFormId(event.currentTarget.value)}>
            {forms.value.map(({ page_id, page_name }) => (
              <option key={page_id} value={page_id}>
                {page_name}
              </option>
            ))}
          </select>
        </label>
        {form.fields.map((field) => (
          <label key={`${form.page_id} ${field}`} class="whole">
            {field}
            <input name={`answer ${field}`} defaultValue={testAnswers[field] ?? ""} autocomplete="off" />
          </label>
        ))}
        <label class="whole">
          Kept in
          <select name="region">
            <option value="">The rest of the world</option>
            <option value="eu">EU</option>
            <option value="us">US</option>
          </select>
        </label>
        {error !== "" && (
          <p class="callout bad whole" role="alert">
            {error}
          </p>
        )}
        <button type="submit" class="button primary whole">
          Send the lead
        </button>
        <p class="note whole">
          {told?.length
            ? `It goes to ${count(told.length, "subscription")} by webhook, signed with the app's secret.`
            : "Nobody is subscribed: it is kept for downloads only."}
        </p>
      </form>
    </section>
  );
}

/** What is left empty was not answered. */
function readLead(formId: string, fields: readonly string[], form: FormData): NewSandboxLead {
  const answers = fields.flatMap((field) => {
    const answer = String(form.get(`answer ${field}`) ?? "").trim();
    return answer === "" ? [] : [[field, answer] as const];
  });
  const region = form.get("region");
  return { formId, answers: Object.fromEntries(answers), ...((region === "eu" || region === "us") && { region }) };
}
