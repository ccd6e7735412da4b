// The value gate: what was sent becomes a value, or a reason why it is none. Twin of core/safety/gate.py.

import { figure, instant, shown, signalOf } from "./alarms-words.js";

export const CUFF = ["sbp_mmhg", "dbp_mmhg", "map_mmhg"];
const ZERO = "0 here means not measured, or nothing there to measure: look at the patient";

/** Judges the values of one tick or typed set together; gives {signal, value, unit, verdict, reason} each. */
export function gate(values, signals, { before = [], source = "monitor" } = {}) {
  const why = {};
  const measured = {};
  for (const [name, value] of Object.entries(values)) {
    why[name] = unmeasured(value, signalOf(signals, name), source);
    measured[name] = why[name] ? null : value;
  }
  const found = findings(measured, signals, before);
  return Object.entries(values).map(([name, value]) =>
    judged(name, value, { known: signalOf(signals, name), why: why[name], found }));
}

/** Everything that is wrong with these numbers as numbers, zeros included. */
export function findings(values, signals, before = []) {
  const ranged = Object.entries(values)
    .map(([name, value]) => [signalOf(signals, name), value])
    .filter(([known, value]) => known && value !== null && !inRange(known, value))
    .map(([known, value]) => outOfRange(known, value));
  return [...ranged, ...cuffFindings(values, signals, before)];
}

/** The cuff cycles shortly before `at` that a new one is compared with; cycles are [time, values] in order. */
export function recentCuffs(cycles, at, signals) {
  const kept = [];
  for (const [then, values] of cycles.map(([time, each]) => [instant(time), each])) {
    const { sbp_mmhg: sbp, dbp_mmhg: dbp } = values;
    if (then >= instant(at) || !sbp || !dbp) continue;
    const last = kept.at(-1);
    if (last && last.sbp_mmhg === sbp && last.dbp_mmhg === dbp) last.then = then;
    else if (findings(ofCuff(values), signals).length === 0) {
      const believed = jump(sbp, aged(kept, then, signals), signals) === null;
      kept.push({ then, sbp_mmhg: sbp, dbp_mmhg: dbp, believed });
    }
  }
  return aged(kept, instant(at), signals);
}

function ofCuff(values) {
  return Object.fromEntries(CUFF.map((name) => [name, values[name] ?? null]));
}

function aged(kept, at, signals) {
  return kept
    .map(({ then, ...each }) => ({ ...each, seconds: (at - then) / 1e6 }))
    .filter((each) => each.seconds <= signals.cuff.jump_within_s.value);
}

function unmeasured(value, known, source) {
  if (value === null) return "not measured";
  if (!Number.isFinite(value) || value < 0) return "no number that could be measured";
  return value === 0 && source === "monitor" && known?.zero_is_not_measured ? ZERO : "";
}

function judged(name, value, { known, why, found }) {
  const said = (kept, verdict, reason) => ({ signal: name, value: kept, unit: known?.unit ?? "", verdict, reason });
  if (!known) {
    return said(Number.isFinite(value) ? value : null, "unverified", "a signal the library does not know");
  }
  if (why) return said(null, "not_measured", why);
  const ofItsCuff = (each) => CUFF.includes(name) && ["", ...CUFF].includes(each.signal);
  const against = found.filter((each) => each.signal === name || ofItsCuff(each));
  if (against.length === 0) return said(value, "accepted", "");
  return said(value, "implausible", against.map((each) => each.reason).join("; "));
}

function inRange(known, value) {
  return known.low.value <= value && value <= known.high.value;
}

function outOfRange(known, value) {
  const { low, high, label, unit, id } = known;
  const fault = value > high.value ? "above" : "below";
  return { fault, signal: id, reason: `${label} outside ${figure(low.value)} to ${shown(high.value, unit)}` };
}

function cuffFindings(values, signals, before) {
  const [sbp, dbp, mean] = CUFF.map((name) => values[name] ?? null);
  const ofCycle = (fault, reason) => ({ fault, signal: "", reason });
  if (sbp === null || dbp === null) {
    const reason = "a cuff reading without both systolic and diastolic pressure";
    return sbp || dbp || mean ? [ofCycle("incomplete", reason)] : [];
  }
  const found = [];
  if (sbp <= dbp) found.push(ofCycle("not above diastolic", "systolic not above diastolic pressure"));
  if (mean !== null && !(dbp <= mean && mean <= sbp)) {
    found.push(ofCycle("mean outside", "the mean lies outside systolic and diastolic pressure"));
  }
  const others = before.filter((each) => each.sbp_mmhg !== sbp || each.dbp_mmhg !== dbp);
  const jumped = found.length === 0 ? jump(sbp, others, signals) : null;
  return jumped ? [jumped] : found;
}

// A cycle far from a believed one shortly before it, while no other of that time agrees with it.
function jump(sbp, others, signals) {
  const { jump_mmhg: far, jump_within_s: within } = signals.cuff;
  const near = others.filter((each) => each.seconds >= 0 && each.seconds <= within.value);
  const believed = near.filter((each) => each.believed ?? true);
  const agrees = near.some((each) => Math.abs(sbp - each.sbp_mmhg) <= far.value);
  if (believed.length === 0 || agrees) return null;
  const last = believed.reduce((a, b) => (b.seconds < a.seconds ? b : a));
  const reason = `${figure(sbp)} beside ${figure(last.sbp_mmhg)} mmHg ${figure(last.seconds)} s before`;
  return { fault: "jump", signal: "", reason };
}
