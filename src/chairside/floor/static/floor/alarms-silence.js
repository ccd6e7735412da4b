// Absence is a finding: signals that stop, signals the monitor can't measure, a cuff that is overdue.
// Twin of core/safety/silence.py.

import { PHYSIOLOGICAL, end } from "./alarms-limits.js";
import { keyOf, label, shown, signalOf, span, without } from "./alarms-words.js";
import { CUFF } from "./gate.js";

const LOOK = "no signal: look at the patient";
const ALL = "silence-all";

const nameOf = (signal) => `silence-${signal}`;

/** The watch after noting which signals this tick measured and which it reports as not measured. */
export function see(watch, readings, at) {
  let now = watch;
  for (const reading of readings) {
    const accepted = reading.verdict === "accepted";
    if (reading.signal === CUFF[0] && accepted) {
      now = { ...end(now, [nameOf(CUFF[0])], { at, event: reading.event }), cuffAt: at };
    }
    const seen = signalOf(now.signals, reading.signal)?.continuous && reading.source === "monitor";
    if (seen) now = accepted ? measured(now, reading, at) : unmeasured(now, reading, at);
  }
  return now;
}

function measured(watch, { signal, event = "" }, at) {
  const sight = {
    seenAt: at, event, heardAt: at, interval: intervalOf(watch.sights[signal], at), unmeasuredSince: null,
    unmeasuredEvent: "", why: "", measured: true,
  };
  let now = { ...watch, sights: { ...watch.sights, [signal]: sight } };
  for (const other of (watch.limits.continuous ?? []).filter((group) => group.includes(signal)).flat()) {
    if (now.sights[other]?.measured !== false) continue;
    now = end(now, [nameOf(other)], { at, event });
    now = { ...now, sights: without(now.sights, other) };
  }
  if (now.standing[ALL]) now = { ...now, heardAgainAt: at };
  return end(now, [nameOf(signal), ALL], { at, event });
}

// Since it last reported; two ticks of one moment tell nothing, and a first one neither.
function intervalOf(before, at) {
  if (!before?.measured) return null;
  return at > before.heardAt ? at - before.heardAt : before.interval;
}

function unmeasured(watch, { signal, reason, event = "" }, at) {
  const before = watch.sights[signal];
  if (!before) return watch;
  // The interval stays as it was: when this signal is stale was settled when it was last measured.
  const first = before.unmeasuredSince === null ? { unmeasuredSince: at, unmeasuredEvent: event } : {};
  return { ...watch, sights: { ...watch.sights, [signal]: { ...before, heardAt: at, why: reason, ...first } } };
}

/** The watch from when silence is an alarm: every signal has its whole time from here. */
export function expect(watch, at, monitor) {
  const later = (sight) => ({
    ...sight,
    seenAt: Math.max(sight.seenAt, at),
    unmeasuredSince: sight.unmeasuredSince === null ? null : Math.max(sight.unmeasuredSince, at),
  });
  const sights = {};
  if (monitor) {
    for (const [name, sight] of Object.entries(watch.sights)) sights[name] = later(sight);
    for (const group of watch.limits.continuous ?? []) {
      if (!group.some((name) => name in sights)) sights[group[0]] = onlyExpected(at);
    }
  }
  return { ...watch, monitoredSince: at, sights };
}

function onlyExpected(at) {
  return {
    seenAt: at, event: "", heardAt: at, interval: null, unmeasuredSince: null, unmeasuredEvent: "", why: "",
    measured: false,
  };
}

function staleAfter(watch, name) {
  const signal = signalOf(watch.signals, name);
  const ceiling = signal ? span(signal.stale_s) : 0;
  const { interval } = watch.sights[name];
  if (interval === null) return ceiling;
  const own = Math.round(interval * watch.signals.stale_intervals.value);
  return Math.min(ceiling, Math.max(span(watch.signals.stale_floor_s), own));
}

function lostAt(watch, name, together = false) {
  const sight = watch.sights[name];
  const stale = sight.seenAt + staleAfter(watch, name);
  if (sight.unmeasuredSince === null) return stale;
  return Math.min(stale, sight.unmeasuredSince + (together ? 0 : span(watch.signals.lost_s)));
}

/** The alarms of silence that will stand unless a reading comes first. */
export function silenceComing(watch) {
  if (watch.monitoredSince === null) return [];
  const found = cuffComing(watch);
  const names = Object.keys(watch.sights);
  if (names.length === 0 || watch.standing[ALL]) return found;
  const together = Math.max(...names.map((name) => lostAt(watch, name, true)));
  found.push({ at: together, rank: 2, limitId: ALL, alarm: () => allLost(watch, together) });
  for (const name of names.filter((each) => !watch.standing[nameOf(each)])) {
    const at = Math.max(watch.heardAgainAt ?? 0, lostAt(watch, name));
    found.push({ at, rank: 3, limitId: nameOf(name), alarm: () => oneLost(watch, name, at) });
  }
  return found;
}

function cuffComing(watch) {
  const signal = signalOf(watch.signals, CUFF[0]);
  if (!signal || watch.standing[nameOf(signal.id)]) return [];
  const at = Math.max(watch.monitoredSince, watch.cuffAt ?? watch.monitoredSince) + span(signal.stale_s);
  const text = `${signal.label}: no cuff reading for ${shown(signal.stale_s.value, "s")}`;
  const said = { kind: "stale", at, priority: watch.limits.silence.episodic, text };
  return [{ at, rank: 3, limitId: nameOf(signal.id), alarm: () => silent(watch, signal.id, said) }];
}

function allLost(watch, at) {
  const text = `${LOOK} (every signal of the monitor is lost)`;
  return silent(watch, "", { kind: "no signal", at, priority: watch.limits.silence.together, text });
}

// Loud near a limit alarm, and when neither the heart's rate nor the pulse is seen. A lead that is off while the
// pulse is seen is a technical finding, as loud as the moment asks.
function oneLost(watch, name, at) {
  const { sights, signals, limits: { silence } } = watch;
  const [sight, near, partner] = [sights[name], nearAnAlarm(watch, name), seenPartner(watch, name, at)];
  const paired = signals.pulse_stands_in.some(([lead, other]) => lead === name && other === partner);
  if (partner && sight.unmeasuredSince !== null && paired) {
    const text = `${label(watch, name)}: lead off, ${label(watch, partner)} is still measured${near ? `: ${LOOK}` : ""}`;
    return silent(watch, name, { kind: "technical", at, priority: near ? silence.after_alarm : silence.one, text });
  }
  const reason = why(watch, name);
  if (near || partner === "") {
    const text = `${label(watch, name)}: ${LOOK} (${reason})`;
    return silent(watch, name, { kind: "no signal", at, priority: near ? silence.after_alarm : silence.together, text });
  }
  const kind = sight.unmeasuredSince !== null || !sight.measured ? "missing" : "stale";
  return silent(watch, name, { kind, at, priority: silence.one, text: `${label(watch, name)} lost: ${reason}` });
}

function why(watch, name) {
  const sight = watch.sights[name];
  if (sight.unmeasuredSince !== null) return sight.why;
  if (!sight.measured) return "nothing has come from the monitor";
  return `nothing for ${shown(staleAfter(watch, name) / 1e6, "s")}`;
}

// Whether it was lost while a limit alarm stood, or shortly after one, or just as it crossed a limit.
function nearAnAlarm(watch, name) {
  if (Object.values(watch.standing).some((each) => PHYSIOLOGICAL.has(each.kind))) return true;
  if (watch.limits.limits.some((limit) => limit.signal === name && watch.crossings[limit.id])) return true;
  if (watch.limitEndedAt === null) return false;
  return watch.sights[name].seenAt - watch.limitEndedAt <= span(watch.limits.silence.after_alarm_s);
}

// The other signal that sees the heart, if it does; empty if it does not; null where there is none.
function seenPartner(watch, name, at) {
  const pairs = watch.signals.pulse_stands_in.filter((pair) => pair.includes(name));
  if (pairs.length === 0) return null;
  return pairs.flat().find((other) => other !== name && isSeen(watch, other, at)) ?? "";
}

function isSeen(watch, name, at) {
  const sight = watch.sights[name];
  return Boolean(sight?.measured) && sight.unmeasuredSince === null && lostAt(watch, name) > at;
}

function silent(watch, signal, { kind, at, priority, text }) {
  const sight = watch.sights[signal];
  const limitId = signal ? nameOf(signal) : ALL;
  const event = sight ? sight.unmeasuredEvent || sight.event : "";
  return {
    key: keyOf(limitId, at), signal, kind, priority, action: "look", limit_id: limitId, text, value: null,
    started_at: at, ended_at: null, events: event ? [event] : [], value_at: sight?.measured ? sight.seenAt : null,
  };
}
