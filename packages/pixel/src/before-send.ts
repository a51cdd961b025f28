import type { EventContext, EventName, TrackedEvent } from "@beaconry/core";

/** An event about to go out, as `beforeSend` sees it: without the person's keys. */
export interface PixelEvent extends Pick<TrackedEvent, "id" | "time" | "properties"> {
  readonly name: EventName;
  readonly context: EventContext;
}

/** Gives the event as it shall go out, changed or not; nothing drops it. Its id stays. */
export type BeforeSend = (event: PixelEvent) => PixelEvent | null | undefined | false;

/**
 * A `beforeSend` that lets through only a part of the events: the same ones on every machine, since the event's id
 * decides. Never sample a Purchase: name the events that may be.
 * @param rate the part that goes out, from 0 (none) to 1 (all)
 * @param names of the events that are sampled; all others go out. Default: every event
 * @example createPixel({ endpoint: "/collect", beforeSend: sample(0.1, ["PageView", "ViewContent"]) })
 */
export function sample(rate: number, names?: readonly EventName[]): BeforeSend {
  return (event) => ((names && !names.includes(event.name)) || portion(event.id) < rate ? event : undefined);
}

/** From 0 to 1, without 1, spread evenly: FNV-1a of the text. */
function portion(text: string): number {
  let hash = 2_166_136_261;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 16_777_619);
  // The high bits of FNV-1a differ less than the low ones among similar texts.
  hash = Math.imul(hash ^ (hash >>> 16), 2_246_822_507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
