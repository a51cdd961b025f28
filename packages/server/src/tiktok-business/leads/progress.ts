import type { Consent, EventName, PropertiesOf, UserData } from "@beaconry/core";
import { checkOptions, type Rule, required, someText, withMethods } from "@beaconry/core/internal";
import type { Tracker, TrackResult } from "../../tracker.js";

/** Options of {@link leadProgress}. */
export interface LeadProgressOptions {
  /**
   * Delivers the events: with `tiktokEvents({ crmEventSetId, … })` for TikTok's leads, `metaConversions` for Meta's. An
   * event goes to each of its destinations that takes it.
   */
  tracker: Pick<Tracker, "track">;
  /** Name of your CRM, such as `HubSpot`; both vendors show it. */
  crm: string;
}

/** A lead of either vendor; a {@link MappedLead} is one. */
export interface ProgressedLead {
  /** The vendor's id of the lead. */
  readonly id: string;
  /** Whose lead it is. Default `tiktok`. */
  readonly vendor?: "tiktok" | "meta";
  /** Better matches than by the lead's id alone; hashed before it is kept. */
  readonly user?: UserData;
}

/** How far a lead has come. */
export interface ProgressOptions {
  /** The person's: `advertising` must be `true` for the event to go anywhere. */
  consent: Consent;
  /** When it came there: ms, or a Date. Default: now. */
  time?: number | Date;
  /** Default: the lead's id and the event's name, so that one step of a lead counts once. */
  id?: string;
}

/** Tells vendors how leads fare, so that they find more of the good ones. */
export interface LeadProgress {
  /**
   * An event of source `crm`: a standard one such as `Contact` or `Purchase`, or a name of your own such as `Qualified`.
   * Resolves and rejects as `tracker.track`.
   */
  track<Name extends EventName>(
    lead: ProgressedLead,
    name: Name,
    properties: PropertiesOf<Name>,
    options: ProgressOptions,
  ): Promise<TrackResult>;
}

const rules = {
  tracker: required(withMethods("a tracker", "track")),
  crm: required(someText),
} satisfies Record<keyof LeadProgressOptions, Rule>;

/** Turns the steps of leads into CRM events. Throws `invalid_option`. */
export function leadProgress(options: LeadProgressOptions): LeadProgress {
  checkOptions("leadProgress", options, rules);
  const { tracker, crm } = options;
  return {
    track(lead, name, properties, { consent, time, id = `${lead.id}-${name}` }) {
      const { vendor = "tiktok", user } = lead;
      const context = { source: "crm", lead: { [vendor]: lead.id, crm } } as const;
      return tracker.track(name, properties, { context, consent, user, id, ...(time !== undefined && { time }) });
    },
  };
}
