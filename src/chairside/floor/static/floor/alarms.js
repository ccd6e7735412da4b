// Readings -> alarms, in the page itself, so that silence is loud even when the clinic's computer is gone.
// The twin of core/safety/alarms.py: same rules from the same library files, same cases in tests/spec/safety.
// Instants are milliseconds; a watch is never changed, each step gives a new one.

const LOOK = "no signal: look at the patient";
const OF_A_LIMIT = new Set(["limit", "change"]);

export function begin(limits, signals) {
  const byId = Object.fromEntries(signals.signals.map((each) => [each.id, each]));
  return { limits, signals, byId, baseline: {}, since: null, crossings: {}, sights: {}, cuffAt: null, ended: [] };
}

export function setBaseline(watch, baseline) {
  return { ...watch, baseline: { ...baseline } };
}

export function monitoring(watch, on, at) {
  if (!on) {
    const ended = alarms(watch, at).map((each) => ({ ...each, endedAt: each.endedAt ?? at }));
    return { ...watch, since: null, crossings: {}, ended };
  }
  const later = ([name, sight]) => [name, { ...sight, seenAt: Math.max(sight.seenAt, at) }];
  return { ...watch, since: at, sights: Object.fromEntries(Object.entries(watch.sights).map(later)) };
}

// One tick: readings are {signal, value, verdict, reason, source}.
export function observe(watch, readings, at) {
  if (readings.length === 0) return watch;
  let next = silenceEnded(watch, readings, at);
  for (const reading of readings) {
    if (reading.verdict === "accepted" && reading.value !== null) next = judged(next, reading, at);
  }
  return seen(next, readings, at);
}

export function alarms(watch, now) {
  const crossed = watch.limits.limits
    .filter((limit) => watch.crossings[limit.id] && raisedAt(limit, watch.crossings[limit.id]) <= now)
    .map((limit) => alarmOf(watch, limit, watch.crossings[limit.id]));
  const known = [...watch.ended, ...crossed];
  const found = [...known, ...silent(watch, known, now)];
  return found.sort((a, b) => a.startedAt - b.startedAt || (a.limitId < b.limitId ? -1 : 1));
}

function beyond(limit, value, baseline) {
  let threshold = limit.threshold.value;
  if (limit.basis !== "absolute") {
    const base = baseline[limit.signal];
    if (base === undefined) return false;
    const amount = limit.threshold.unit === "%" ? (base * threshold) / 100 : threshold;
    threshold = limit.basis === "over_baseline" ? base + amount : base - amount;
  }
  return {
    above: value > threshold,
    at_least: value >= threshold,
    below: value < threshold,
    at_most: value <= threshold,
  }[limit.comparison];
}

function judged(watch, reading, at) {
  const crossings = { ...watch.crossings };
  const ended = [...watch.ended];
  for (const limit of watch.limits.limits.filter((each) => each.signal === reading.signal)) {
    const before = crossings[limit.id];
    if (beyond(limit, reading.value, watch.baseline)) {
      crossings[limit.id] = crossing(limit, before, reading.value, at);
    } else if (before) {
      delete crossings[limit.id];
      if (raisedAt(limit, before) <= at) ended.push({ ...alarmOf(watch, limit, before), endedAt: at });
    }
  }
  return { ...watch, crossings, ended };
}

function crossing(limit, before, value, at) {
  if (!before) return { since: at, worst: value };
  const upward = limit.comparison === "above" || limit.comparison === "at_least";
  const worse = upward ? value > before.worst : value < before.worst;
  return worse ? { ...before, worst: value } : before;
}

function raisedAt(limit, found) {
  return found.since + limit.delay_s.value * 1000;
}

function alarmOf(watch, limit, found) {
  const unit = limit.threshold.unit === "%" ? "%" : ` ${limit.threshold.unit}`;
  const name = watch.byId[limit.signal]?.label ?? limit.signal;
  return {
    limitId: limit.id,
    signal: limit.signal,
    kind: limit.basis === "absolute" ? "limit" : "change",
    priority: limit.priority,
    action: limit.action,
    text: `${name} ${found.worst}: ${limit.label} (${limit.threshold.value}${unit})`,
    startedAt: raisedAt(limit, found),
    endedAt: null,
  };
}

function seen(watch, readings, at) {
  const sights = { ...watch.sights };
  let cuffAt = watch.cuffAt;
  for (const reading of readings) {
    const accepted = reading.verdict === "accepted";
    if (reading.signal === "sbp_mmhg" && accepted) cuffAt = at;
    if (!watch.byId[reading.signal]?.continuous || reading.source !== "monitor") continue;
    const sight = sights[reading.signal];
    if (accepted) sights[reading.signal] = { seenAt: at, unmeasuredSince: null, why: "" };
    else if (sight && sight.unmeasuredSince === null) {
      sights[reading.signal] = { ...sight, unmeasuredSince: at, why: reading.reason ?? "" };
    }
  }
  return { ...watch, sights, cuffAt };
}

function lostAt(watch, name, together) {
  const sight = watch.sights[name];
  const stale = sight.seenAt + watch.byId[name].stale_s.value * 1000;
  if (sight.unmeasuredSince === null) return stale;
  const reported = together ? 0 : watch.signals.lost_s.value * 1000;
  return Math.min(stale, Math.max(sight.unmeasuredSince, watch.since ?? sight.seenAt) + reported);
}

function silenceEnded(watch, readings, at) {
  const measured = new Set(readings.filter((each) => each.verdict === "accepted").map((each) => each.signal));
  if (measured.size === 0) return watch;
  const broken = alarms(watch, at)
    .filter((each) => each.endedAt === null && !OF_A_LIMIT.has(each.kind) && breaks(each, measured, watch))
    .map((each) => ({ ...each, endedAt: at }));
  return { ...watch, ended: [...watch.ended, ...broken] };
}

function breaks(alarm, measured, watch) {
  if (alarm.signal !== "") return measured.has(alarm.signal);
  return Object.keys(watch.sights).some((name) => measured.has(name));
}

function silent(watch, known, now) {
  if (watch.since === null) return [];
  const names = Object.keys(watch.sights).sort();
  const together = names.length ? Math.max(...names.map((name) => lostAt(watch, name, true))) : Infinity;
  const found = cuffSilent(watch, now);
  if (together <= now) found.push(silence("", together, watch.limits.silence.together, LOOK, "no signal"));
  for (const name of names) {
    const at = lostAt(watch, name, false);
    if (at <= now && at < together) found.push(oneLost(watch, name, at, known));
  }
  return found;
}

function oneLost(watch, name, at, known) {
  const { silence: loud } = watch.limits;
  const label = watch.byId[name].label;
  const reach = loud.after_alarm_s.value * 1000;
  const near = known.some((each) => OF_A_LIMIT.has(each.kind) && each.startedAt <= at
    && (each.endedAt === null || at - each.endedAt <= reach));
  if (near) return silence(name, at, loud.after_alarm, `${label}: ${LOOK}`, "no signal");
  const pair = watch.signals.pulse_stands_in.find(([lead]) => lead === name);
  const sight = watch.sights[name];
  if (pair && watch.sights[pair[1]]?.unmeasuredSince === null) {
    return silence(name, at, loud.one, `${label} lost: lead off: a pulse is still seen`, "technical");
  }
  const kind = sight.unmeasuredSince === null ? "stale" : "missing";
  return silence(name, at, loud.one, `${label} lost: ${sight.why || "nothing arrives"}`, kind);
}

function silence(signal, startedAt, priority, text, kind) {
  return { limitId: `silence-${signal || "all"}`, signal, kind, priority, action: "look", text, startedAt, endedAt: null };
}

function cuffSilent(watch, now) {
  const cuff = watch.byId.sbp_mmhg;
  if (!cuff) return [];
  const at = Math.max(watch.since, watch.cuffAt ?? watch.since) + cuff.stale_s.value * 1000;
  const text = `${cuff.label}: no cuff reading for ${cuff.stale_s.value / 60} min`;
  return at <= now ? [silence("sbp_mmhg", at, watch.limits.silence.episodic, text, "stale")] : [];
}
