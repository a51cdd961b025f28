/** What kind of mistake a {@link BeaconryError} reports. */
export type BeaconryErrorCode =
  /** An option given at creation is missing, unknown or of a wrong kind. */
  | "invalid_option"
  /** The outbox can take no more events now. */
  | "outbox_full"
  /** The outbox's storage can not be used: the message says why, and what to do. */
  | "outbox_failed"
  /** The journal's storage can not be used: the message says why, and what to do. */
  | "journal_failed"
  /** The tracker, outbox or journal has been closed. */
  | "closed"
  /** The sandbox can not listen at the port it was given. */
  | "port_unavailable";

/**
 * The one error class of Beaconry. Thrown for wrong options at creation and by the server when an event can not be
 * kept; a wrong event never throws, it comes back as {@link Issue}s. Messages hold no personal data and no token.
 */
export class BeaconryError extends Error {
  override readonly name = "BeaconryError";
  readonly code: BeaconryErrorCode;

  constructor(code: BeaconryErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Tells whether a value is a {@link BeaconryError}, also when two copies of this package are loaded. */
export function isBeaconryError(value: unknown): value is BeaconryError {
  return value instanceof Error && value.name === "BeaconryError" && "code" in value;
}
