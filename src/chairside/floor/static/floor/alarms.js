// Readings -> alarms, in the page itself, so that silence is loud even when the clinic's computer is gone.
// The twin of core/safety: the same rules from the same library files, held to the same cases in tests/spec/safety.
//
// Limits, signals, readings and alarms are plain objects with the fields they have in JSON; a time is ISO text,
// or a number of milliseconds. A watch is never changed: each step gives a new one.

import { doubt, doubtsComing, end, judge, limitsComing } from "./alarms-limits.js";
import { expect, see, silenceComing } from "./alarms-silence.js";
import { instant, iso } from "./alarms-words.js";

export { findings, gate, recentCuffs } from "./gate.js";

/** A watch before the first reading. */
export function begin(limits, signals) {
  return {
    limits, signals, baseline: {}, monitoredSince: null, crossings: {}, doubts: {}, sights: {}, cuffAt: null,
    standing: {}, ended: [], limitEndedAt: null, heardAgainAt: null, until: null,
  };
}

/** The watch with the baseline that changes are measured from. */
export function setBaseline(watch, baseline) {
  return { ...watch, baseline: { ...baseline } };
}

/** From here silence is an alarm, or no longer; `monitor` says whether a continuous monitor is in use. */
export function monitoring(watch, { on, at, monitor = true }) {
  const moment = instant(at);
  const now = { ...advanced(watch, moment), until: moment };
  if (on) return expect(now, moment, monitor);
  const over = end(now, Object.keys(now.standing).sort(), { at: moment });
  return { ...over, monitoredSince: null, crossings: {}, doubts: {} };
}

/** The watch after one tick; throws where a tick is earlier than one before it (then refold from zero). */
export function observe(watch, readings) {
  if (readings.length === 0) return watch;
  const at = instant(readings[0].observed_at);
  if (watch.until !== null && at < watch.until) {
    throw new Error("readings: expected in the order they were observed");
  }
  const now = { ...advanced(watch, at), until: at };
  return see(doubt(judge(now, readings, at), readings, at), readings, at);
}

/** Every alarm until now, ended and open, in order of start. */
export function alarms(watch, now) {
  const moment = instant(now);
  const later = advanced(watch, moment);
  return [...later.ended, ...Object.values(later.standing)]
    .filter((each) => each.started_at <= moment)
    .sort((a, b) => a.started_at - b.started_at || (a.key < b.key ? -1 : 1))
    .map((each) => told(each, moment));
}

// The alarm as it was known at that moment, with its times as text.
function told(alarm, moment) {
  const ended = alarm.ended_at !== null && alarm.ended_at <= moment ? iso(alarm.ended_at) : null;
  const seen = alarm.value_at === null ? null : iso(alarm.value_at);
  return { ...alarm, started_at: iso(alarm.started_at), ended_at: ended, value_at: seen };
}

// Everything raised that time alone raised until then, each at its own moment.
function advanced(watch, until) {
  for (let now = watch; ;) {
    const [due] = [...limitsComing(now), ...doubtsComing(now), ...silenceComing(now)].sort(byTime);
    if (!due || due.at > until) return now;
    now = { ...now, standing: { ...now.standing, [due.limitId]: due.alarm() } };
  }
}

function byTime(a, b) {
  return a.at - b.at || a.rank - b.rank || (a.limitId < b.limitId ? -1 : 1);
}

/** The limits that can't be judged because the baseline lacks their signal, in words. */
export function unjudged(watch) {
  return watch.limits.limits
    .filter((each) => each.basis !== "absolute" && !(each.signal in watch.baseline))
    .map((each) => `${each.label}: cannot be judged, the baseline has no value of it`);
}
