// Accepted values against the limits; and values that were not believed but, if true, would alarm.
// Twin of core/safety/crossings.py.

import { keyOf, label, shown, signalOf, span, without } from "./alarms-words.js";
import { CUFF } from "./gate.js";

export const PHYSIOLOGICAL = new Set(["limit", "change"]);
export const DO = {
  stop: "stop the infusion",
  hold: "hold the infusion",
  notify: "tell the prescriber",
  look: "look at the patient",
};
const LOUDNESS = { low: 0, medium: 1, high: 2 };
const DOUBTED = new Set(["implausible", "unverified"]);
const WORDS = { above: "above #", below: "below #", at_least: "# or more", at_most: "# or less" };

const distinct = (...events) => [...new Set(events)].filter((each) => each);

/** Ends these alarms where they stand, by the reading `event` if one ended them. */
export function end(watch, limitIds, { at, event = "" }) {
  let now = watch;
  for (const limitId of limitIds) {
    const alarm = now.standing[limitId];
    if (!alarm) continue;
    const over = { ...alarm, ended_at: at, events: distinct(...alarm.events, event) };
    const limitEndedAt = PHYSIOLOGICAL.has(alarm.kind) ? at : now.limitEndedAt;
    now = { ...now, standing: without(now.standing, limitId), ended: [...now.ended, over], limitEndedAt };
  }
  return now;
}

/** Whether the value crosses the limit; null where the baseline it is held against is unknown. */
export function crosses(limit, value, baseline) {
  let [held, threshold] = [value, limit.threshold.value];
  if (limit.basis !== "absolute") {
    const base = baseline[limit.signal];
    if (base === undefined) return null;
    held -= base;
    // Multiplied out, so that whole numbers are compared exactly.
    if (limit.threshold.unit === "%") [held, threshold] = [held * 100, threshold * base];
    if (limit.basis === "under_baseline") threshold = -threshold;
  }
  if (limit.comparison === "above") return held > threshold;
  if (limit.comparison === "at_least") return held >= threshold;
  return limit.comparison === "below" ? held < threshold : held <= threshold;
}

/** The watch after the accepted values of one tick. */
export function judge(watch, readings, at) {
  let now = watch;
  for (const reading of readings) {
    if (reading.verdict !== "accepted" || reading.value === null) continue;
    for (const limit of now.limits.limits) {
      if (limit.signal === reading.signal) now = heldAgainst(now, limit, { ...reading, at });
    }
  }
  return now;
}

function heldAgainst(watch, limit, { value, at, event }) {
  const before = watch.crossings[limit.id];
  if (!crosses(limit, value, watch.baseline)) {
    if (!before) return watch;
    return end({ ...watch, crossings: without(watch.crossings, limit.id) }, [limit.id], { at, event });
  }
  const upward = limit.comparison === "above" || limit.comparison === "at_least";
  if (before && !(upward ? value > before.worst : value < before.worst)) return watch;
  const first = before ?? { since: at, event };
  const found = { ...first, worst: value, worstAt: at, worstEvent: event };
  const now = { ...watch, crossings: { ...watch.crossings, [limit.id]: found } };
  const alarm = now.standing[limit.id];
  if (!alarm) return now;
  const worse = { ...alarm, value, value_at: at, events: distinct(found.event, event) };
  return { ...now, standing: { ...now.standing, [limit.id]: worse } };
}

/** The crossings whose delay still runs, each with the alarm it will be. */
export function limitsComing(watch) {
  return watch.limits.limits
    .filter((limit) => watch.crossings[limit.id] && !watch.standing[limit.id])
    .map((limit) => {
      const at = watch.crossings[limit.id].since + span(limit.delay_s);
      return { at, rank: 0, limitId: limit.id, alarm: () => limitAlarm(watch, limit, at) };
    });
}

function limitAlarm(watch, limit, at) {
  const crossing = watch.crossings[limit.id];
  const text = `${said(watch, limit, crossing.worst)}: ${DO[limit.action]}`;
  return {
    key: keyOf(limit.id, at),
    signal: limit.signal,
    kind: limit.basis === "absolute" ? "limit" : "change",
    priority: limit.priority,
    action: limit.action,
    limit_id: limit.id,
    text: limit.advice ? `${text}; ${limit.advice}` : text,
    value: crossing.worst,
    started_at: at,
    ended_at: null,
    events: distinct(crossing.event, crossing.worstEvent),
    value_at: crossing.worstAt,
  };
}

// The value beside the rule it crosses: "SpO2 86 % is below 88 %".
function said(watch, limit, value) {
  const unit = signalOf(watch.signals, limit.signal)?.unit ?? "";
  const threshold = shown(limit.threshold.value, limit.threshold.unit);
  let rule = WORDS[limit.comparison].replace("#", threshold);
  if (limit.basis !== "absolute") {
    const more = ["above", "below"].includes(limit.comparison) ? "more than " : "";
    const side = limit.basis === "over_baseline" ? "above" : "below";
    rule = `${more}${threshold} ${side} the baseline of ${shown(watch.baseline[limit.signal] ?? 0, unit)}`;
  }
  const lasting = limit.delay_s.value ? ` for ${shown(limit.delay_s.value, "s")}` : "";
  return `${label(watch, limit.signal)} ${shown(value, unit)} is ${rule}${lasting}`;
}

/** The watch after the values of one tick that were not believed: none is quieter than if it were true. */
export function doubt(watch, readings, at) {
  let now = watch;
  const believed = Object.fromEntries(
    readings.filter((each) => each.verdict === "accepted").map((each) => [each.signal, each.event ?? ""]));
  for (const [limitId, found] of Object.entries(watch.doubts)) {
    if (!(found.signal in believed)) continue;
    now = end({ ...now, doubts: without(now.doubts, limitId) }, [limitId], { at, event: believed[found.signal] });
  }
  const doubted = readings.filter((each) => DOUBTED.has(each.verdict) && each.value !== null);
  const cuff = doubted.filter((each) => CUFF.includes(each.signal));
  const others = doubted.filter((each) => !CUFF.includes(each.signal)).map((each) => [each]);
  for (const group of cuff.length ? [cuff, ...others] : others) now = doubtOf(now, group, at);
  return now;
}

function doubtOf(watch, group, at) {
  const isCuff = CUFF.includes(group[0].signal);
  const crossed = group.flatMap((reading) => watch.limits.limits
    .filter((each) => each.signal === reading.signal && crosses(each, reading.value, watch.baseline)));
  if (crossed.length === 0 && !isCuff) return watch;
  const louder = (a, b) => (LOUDNESS[b] > LOUDNESS[a] ? b : a);
  const [first, ...rest] = crossed.map((each) => each.priority);
  const priority = first ? rest.reduce(louder, first) : watch.limits.silence.episodic;
  const delays = crossed.filter((each) => each.priority === priority).map((each) => span(each.delay_s));
  const limitId = isCuff ? "doubt-cuff" : `doubt-${group[0].signal}`;
  const before = watch.doubts[limitId];
  if (before && LOUDNESS[before.priority] >= LOUDNESS[priority]) return watch;
  const event = group[0].event ?? "";
  const signal = isCuff ? CUFF[0] : group[0].signal;
  const found = { signal, due: at + (first ? Math.min(...delays) : 0), priority, text: notBelieved(watch, group), event };
  const now = end(watch, [limitId], { at, event });
  return { ...now, doubts: { ...now.doubts, [limitId]: found } };
}

function notBelieved(watch, group) {
  const values = group.map((each) => `${label(watch, each.signal)} ${shown(each.value, each.unit ?? "")}`).join(", ");
  const again = CUFF.includes(group[0].signal) ? `${DO.look}, repeat the cuff` : DO.look;
  return `${values} not believed (${group[0].reason}): ${again}`;
}

/** The doubts that are not an alarm yet, each with the alarm it will be. */
export function doubtsComing(watch) {
  const pending = Object.entries(watch.doubts).filter(([limitId]) => !watch.standing[limitId]);
  return pending.map(([limitId, found]) => ({
    at: found.due, rank: 1, limitId, alarm: () => doubtAlarm(limitId, found),
  }));
}

function doubtAlarm(limitId, { signal, due, priority, text, event }) {
  return {
    key: keyOf(limitId, due), signal, kind: "technical", priority, action: "look", limit_id: limitId,
    text, value: null, started_at: due, ended_at: null, events: distinct(event), value_at: null,
  };
}
