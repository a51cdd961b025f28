/** The kinds of {@link Issue}, stable for programs to match on. */
export type IssueCode =
  /** A required property, key or piece of context is absent. */
  | "missing"
  /** The value has a type that is not accepted here. */
  | "wrong_type"
  /** The type is right, the value is none of those accepted. */
  | "wrong_value"
  /** No vendor knows a property of this name; it is passed on as a custom one. */
  | "unknown_property"
  /** The event name is an old one; the message names today's. */
  | "legacy_name"
  /** The event name breaks a vendor's rule for names. */
  | "bad_name"
  /** The person's value can not be turned into a match key; the key is left out. */
  | "unusable"
  /** An MD5 hash, which no vendor here takes. */
  | "md5"
  /** More values than the vendor takes for this key; the first is used. */
  | "too_many"
  /** The identifiers are too weak: the vendor would refuse the event. */
  | "too_weak"
  /** A consent flag that must go out was never set; the cautious value is used. */
  | "consent_unset"
  /** The event happened longer ago than the vendor takes. */
  | "too_old"
  /** The event's time lies ahead. */
  | "in_future"
  /** The person did not allow it, or was not asked yet. */
  | "consent"
  /** This vendor takes no events from this source, or none of a tracker's destinations does. */
  | "unsupported_source";

/**
 * One problem with an event, as data. `error` means that the vendor would refuse the event, `warning` that it would
 * be weaker than it could be. The message names the field and what is accepted, never the person's value.
 */
export interface Issue {
  readonly severity: "error" | "warning";
  readonly code: IssueCode;
  /** Where in the event, with dots: `properties.contents.0.id`, `user.email`. */
  readonly path: string;
  readonly message: string;
}

/** An issue that makes the vendor refuse the event. */
export function errorIssue(code: IssueCode, path: string, message: string): Issue {
  return { severity: "error", code, path, message };
}

/** An issue that weakens the event. */
export function warningIssue(code: IssueCode, path: string, message: string): Issue {
  return { severity: "warning", code, path, message };
}

/** The issues of several checks. Most events have none, and for them this is several times as fast as `concat`. */
export function joinIssues(...lists: readonly (readonly Issue[])[]): Issue[] {
  const all: Issue[] = [];
  for (const list of lists) for (const issue of list) all.push(issue);
  return all;
}
