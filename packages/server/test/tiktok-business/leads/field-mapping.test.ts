import { type LeadForms, leadMapper, type TikTokLead } from "@beaconry/server/tiktok-business";
import { describe, expect, it } from "vitest";

const lead = (answers: Record<string, string>, formId?: string): TikTokLead => ({
  id: "7126711421177430274",
  source: "INSTANT_FORM",
  ...(formId && { form: { id: formId } }),
  answers,
});

describe("leadMapper", () => {
  it("knows TikTok's own questions, and keeps all others under their names", () => {
    const { user, contact, fields, ...rest } = leadMapper()(
      lead({
        name: "Ada Lovelace",
        email: " ada@example.com ",
        phone_number: "+491511234567",
        "First Name": "Ada",
        gender: "Female",
        address: "1 Main Street",
        scheduled_time: "Wednesday / 12:00 - 13:00",
        "Which car?": "blue",
      }),
    );
    expect(user).toEqual({ email: "ada@example.com", phone: "+491511234567", firstName: "Ada", gender: "Female" });
    expect(contact).toEqual({ name: "Ada Lovelace", address: "1 Main Street" });
    expect(fields).toEqual({ scheduled_time: "Wednesday / 12:00 - 13:00", "Which car?": "blue" });
    expect(rest).toEqual({ id: "7126711421177430274", source: "INSTANT_FORM" });
  });

  it("goes by the form's own table, then by the default one", () => {
    const forms: LeadForms = {
      "11": {
        fields: { "Wie heißen Sie?": "name", Geheimnis: null, "Work e-mail": "email", Budget: { as: "budget" } },
        country: "DE",
      },
      default: { fields: { mail: "email" } },
    };
    const map = leadMapper(forms);
    const answers = {
      "wie heißen sie?": "Ada",
      Geheimnis: "x",
      "Work e-mail": "w@example.com",
      email: "p@example.com",
      Budget: "9",
      phone: "0151 1234567",
    };
    expect(map(lead(answers, "11"))).toMatchObject({
      contact: { name: "Ada" },
      // The form's choice wins, and nothing gets lost.
      user: { email: "w@example.com", phone: "0151 1234567", country: "DE" },
      fields: { email: "p@example.com", budget: "9" },
    });
    expect(Object.keys(map(lead(answers, "11")).fields)).not.toContain("Geheimnis");
    expect(map(lead({ mail: "a@example.com" }, "12")).user).toEqual({ email: "a@example.com" });
    expect(map(lead({ mail: "a@example.com" })).user).toEqual({ email: "a@example.com" });
  });

  it("loses no second answer, and takes no empty one", () => {
    const { user, fields } = leadMapper()(
      lead({ email: "", "E-Mail": "a@example.com", phone: "1", mobile_number: "2" }),
    );
    expect(user).toEqual({ email: "a@example.com", phone: "1" });
    expect(fields).toEqual({ mobile_number: "2" });
  });

  it.each([
    [{ "11": { fields: { a: "emial" } } }, '"a" of form 11 goes to no field'],
    [{ "11": { fields: { a: { as: "" } } } }, '"a" of form 11 goes to no field'],
    [{ "11": { fields: { a: "name", b: "name" } } }, "form 11 has two questions for name"],
    [{ "11": { country: "Germany" } }, "country of form 11"],
    [{ "11": { feilds: {} } }, "form 11 has feilds"],
    [{ eleven: {} }, "eleven is no form's id"],
    [{ "11": null }, "form 11 is no object"],
  ])("refuses %j", (forms, message) => {
    expect(() => leadMapper(forms as never)).toThrow(expect.objectContaining({ code: "invalid_option" }));
    expect(() => leadMapper(forms as never)).toThrow(message);
  });
});
