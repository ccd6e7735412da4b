// Instants, numbers and names as the alarms say them. Twin of what core/safety/watch.py and conditions.py say.
//
// Inside the modules of the alarms an instant is a whole number of microseconds, so that it can be compared
// exactly with what the clinic's computer says.

const READ_AS = { "mm[Hg]": "mmHg", a: "years", "/min": "per min", 1: "" };

/** Microseconds since 1970 of an ISO text, or of a number of milliseconds. */
export function instant(at) {
  if (typeof at === "number") return Math.round(at * 1000);
  const [, whole, fraction, zone] = /^(.{19})(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(at) ?? [];
  const ms = Date.parse(`${whole}${zone}`);
  if (Number.isNaN(ms)) throw new Error(`time: expected ISO 8601 with a zone, not '${at}'`);
  return ms * 1000 + Number((fraction ?? "").padEnd(6, "0"));
}

/** The ISO text of an instant, in UTC with microseconds. */
export function iso(at) {
  const ms = Math.floor(at / 1000);
  const micro = String(at - ms * 1000).padStart(3, "0");
  return `${new Date(ms).toISOString().slice(0, 23)}${micro}Z`;
}

/** A sourced number of seconds as a span. */
export function span(sourced) {
  return Math.round(sourced.value * 1e6);
}

/** The name of an alarm: what raised it and when it began. */
export function keyOf(limitId, at) {
  return `${limitId}@${iso(at).replaceAll(/[-:Z]/g, "")}`;
}

/** A number with six digits, as short as it can be said. */
export function figure(value) {
  return String(Number(value.toPrecision(6)));
}

/** A value as a nurse reads it. */
export function shown(value, unit = "") {
  const read = READ_AS[unit] ?? unit;
  return read ? `${figure(value)} ${read}` : figure(value);
}

/** The signal of that id, or nothing. */
export function signalOf(signals, name) {
  return signals.signals.find((each) => each.id === name);
}

/** What a signal is called. */
export function label(watch, name) {
  return signalOf(watch.signals, name)?.label ?? name;
}

/** The object without that name. */
export function without(found, name) {
  return Object.fromEntries(Object.entries(found).filter(([key]) => key !== name));
}
