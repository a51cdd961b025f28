const filler = JSON.stringify({ text: "x".repeat(640) }).slice(1, -1);
let made = 0;

/** New parcels, as a purchase makes them: an id of 36 characters, a body of 700 bytes. */
export function makeParcels(count, destination = "metaConversions") {
  return Array.from({ length: count }, () => {
    const id = `00000000-0000-4000-8000-${String(made++).padStart(12, "0")}`;
    const time = Date.now();
    const body = `{"event_id":"${id}",${filler}}`;
    return { destination, name: "Purchase", id, time, expiresAt: time + 604_800_000, group: "", body };
  });
}
