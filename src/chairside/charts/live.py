"""What a live page shows of a session: a reading of the folded log at a moment, without names of people."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chairside.charts.saying import observation_words, said
from chairside.charts.sessions import Folded
from chairside.core.safety import Act, Due, cannot_raise, is_late, unjudged
from chairside.core.safety.schedule import Check
from chairside.core.session import Event, Said, State, amend, typed
from chairside.core.session import payloads as p
from chairside.core.session.amend import Amended
from chairside.core.session.pump import delivered_ug, delivered_ul
from chairside.core.session.verdicts import OwnedAlarm, session_alarms

RANK = {"high": 0, "medium": 1, "low": 2}
DUE_AHEAD = 4
UNLISTED = frozenset({"verdict.recorded", "alarm.acknowledged", "checkin.answered", "session.planned"})
"""Not on the live page's list: alarms are, with who saw them; answers stand on the check-in's own page."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Which signals make one large value: the first list that was measured is shown."""

    key: str
    label: str
    unit: str
    signals: tuple[str, ...]


TILES = (
    Tile("bp", "BP", "mmHg", ("sbp_mmhg", "dbp_mmhg")),
    Tile("hr", "HR", "/min", ("hr_per_min", "pulse_per_min")),
    Tile("spo2", "SpO₂", "%", ("spo2_percent",)),
    Tile("rr", "RR", "/min", ("rr_per_min",)),
    Tile("etco2", "EtCO₂", "mmHg", ("etco2_mmhg",)),
)
ASKED_FOR = frozenset({"bp", "hr", "spo2", "rr"})
"""Tiles that are drawn also when nothing was measured: absence is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vital:
    """One large value with its age, source and baseline; `value` is empty where nothing was measured."""

    key: str
    label: str
    unit: str
    value: str = ""
    at: datetime | None = None
    source: str = ""
    device: str = ""
    stale_at: datetime | None = None
    stale: bool = False
    unmeasured: str = ""
    baseline: str = ""
    priority: str = ""


def vitals(folded: Folded, at: datetime) -> tuple[Vital, ...]:
    """The large values, in the order of the page."""
    loud = _loudest(session_alarms(folded.state, at))
    found = [_vital(folded, tile, at=at, loud=loud) for tile in TILES]
    return tuple(each for each in found if each.value or each.unmeasured or each.key in ASKED_FOR)


def _loudest(alarms: Iterable[OwnedAlarm]) -> dict[str, str]:
    loud: dict[str, str] = {}
    for each in alarms:
        before = loud.get(each.alarm.signal)
        if each.open and (before is None or RANK[each.alarm.priority] < RANK[before]):
            loud[each.alarm.signal] = each.alarm.priority
    return loud


def _vital(folded: Folded, tile: Tile, *, at: datetime, loud: Mapping[str, str]) -> Vital:
    state, signals = folded.state, folded.rules.signals
    plain = Vital(key=tile.key, label=tile.label, unit=tile.unit, baseline=_baseline(state, tile))
    priority = min((loud[each] for each in tile.signals if each in loud), key=RANK.__getitem__, default="")
    for observation in reversed(state.observations):
        accepted = observation.accepted()
        value = _value(tile, accepted)
        if not value:
            continue
        named = next(each for each in tile.signals if each in accepted)
        known = signals.signal(named)
        stale_at = observation.stamp.at + timedelta(seconds=float(known.stale_s.value)) if known else None
        return Vital(
            key=tile.key,
            label="Pulse" if named == "pulse_per_min" else tile.label,
            unit=tile.unit,
            value=value,
            at=observation.stamp.at,
            source=observation.source,
            device=observation.device,
            stale_at=stale_at,
            stale=stale_at is not None and at > stale_at,
            unmeasured=_unmeasured(state, tile, observation.stamp.at),
            baseline=plain.baseline,
            priority=priority,
        )
    return Vital(
        key=tile.key,
        label=tile.label,
        unit=tile.unit,
        baseline=plain.baseline,
        priority=priority,
        unmeasured=_unmeasured(state, tile, None),
    )


def _value(tile: Tile, values: Mapping[str, float]) -> str:
    if tile.key == "bp":
        if not all(each in values for each in tile.signals):
            return ""
        return "/".join(f"{values[each]:g}" for each in tile.signals)
    return next((f"{values[each]:g}" for each in tile.signals if each in values), "")


def _baseline(state: State, tile: Tile) -> str:
    return _value(tile, state.baseline_values)


def _unmeasured(state: State, tile: Tile, since: datetime | None) -> str:
    """What the source said after the last accepted value, if it said that it could not measure."""
    for observation in reversed(state.observations):
        if since is not None and observation.stamp.at <= since:
            return ""
        for each in observation.body.values:
            if each.signal in tile.signals and each.verdict != "accepted":
                return each.reason or each.verdict.replace("_", " ")
    return ""


# Drug -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Drug that left the syringe by the recorded rates, beside the order; how the pump's volume compares."""

    given_mg: str
    ordered_mg: str
    given_ml: str
    given_ug: int
    ordered_ug: int
    pump_ml: str = ""
    pump_read_at: datetime | None = None
    recorded_then_ml: str = ""


def given(folded: Folded, at: datetime) -> Given | None:
    """Drug given so far; None while nothing is ordered."""
    state = folded.state
    if state.order is None:
        return None
    amount_ug = delivered_ug(state, at)
    read = next((each for each in reversed(state.pump_readings) if each.body.volume_ul is not None), None)
    return Given(
        given_mg=f"{amount_ug / 1000:.1f}",
        ordered_mg=f"{state.order.body.dose_ug / 1000:.1f}",
        given_ml=f"{delivered_ul(state, at) / 1000:.1f}",
        given_ug=amount_ug,
        ordered_ug=state.order.body.dose_ug,
        pump_ml=f"{read.body.volume_ul / 1000:g}" if read else "",
        pump_read_at=read.stamp.at if read else None,
        recorded_then_ml=f"{delivered_ul(state, read.stamp.at) / 1000:.1f}" if read else "",
    )


# Acts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """An act with its last answer; `at` is None while nobody recorded it today."""

    act: Act
    words: str = ""
    at: datetime | None = None


def acts_now(folded: Folded) -> tuple[Answered, ...]:
    """The acts of this phase, each with its last answer."""
    last = {
        each.body.act: each for each in folded.state.acts if isinstance(each.body, p.ActRecorded)
    }  # later ones replace earlier ones
    return tuple(
        _answered(act, last.get(act.id)) for act in folded.rules.acts.acts if _phase(folded) in act.phases
    )


def _phase(folded: Folded) -> str:
    phase = folded.state.phase
    if phase in ("infusing", "paused"):
        return phase
    return "recovering" if folded.state.started_at else "before"


def _answered(act: Act, last: Said | None) -> Answered:
    if last is None:
        return Answered(act)
    if last.body.score is None:
        return Answered(act, "recorded", last.stamp.at)
    label = act.label_of(last.body.score) or ""
    words = label if label.startswith(str(last.body.score)) else f"{last.body.score}: {label}"
    return Answered(act, words, last.stamp.at)


# Due --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DueRow:
    """A check that is owed, with the acts that would do it; `by_device` when the monitor fills it."""

    due: Due
    check: Check
    acts: tuple[Act, ...]
    by_device: bool


def dues(folded: Folded, at: datetime) -> tuple[DueRow, ...]:
    """Checks that are owed: late ones first, then what comes next of each."""
    rows = folded.rules.due(folded.state, at)
    checks = {each.id: each for each in folded.rules.schedule.checks}
    owed = [each for state in ("overdue", "due") for each in rows if each.state == state]
    ahead = [each for each in rows if each.state == "later"][:DUE_AHEAD]
    monitored = folded.state.monitor is not None
    return tuple(
        DueRow(
            each,
            checks[each.check_id],
            tuple(act for act in folded.rules.acts.acts if act.id in checks[each.check_id].acts),
            monitored and bool(checks[each.check_id].signals),
        )
        for each in (*owed, *ahead)
    )


# Alarms -----------------------------------------------------------------------------------------------


def alarms_open(folded: Folded, at: datetime) -> tuple[OwnedAlarm, ...]:
    """What stands now: unanswered before answered, high before low, oldest first."""
    found = [each for each in session_alarms(folded.state, at) if each.open]
    order = sorted(found, key=lambda each: each.alarm.started_at)
    return tuple(sorted(order, key=lambda each: (each.acknowledged is not None, RANK[each.alarm.priority])))


@dataclass(frozen=True, slots=True)
class Blind:
    """A source of values and the alarms it can't raise."""

    source: str
    sentences: tuple[str, ...]


def blind_spots(folded: Folded) -> tuple[Blind, ...]:
    """For each source what it can't raise, and what can't be judged without a baseline."""
    state, limits = folded.state, folded.rules.limits
    monitored = {
        signal for each in state.observations if each.source == "monitor" for signal in each.accepted()
    }
    found = []
    if state.monitor is not None:
        found.append(Blind("monitor", cannot_raise(limits, monitored, continuous=True)))
    typed_signals = {
        signal for each in state.observations if each.source == "typed" for signal in each.accepted()
    }
    found.append(Blind("typed values", cannot_raise(limits, typed_signals, continuous=False)))
    if state.watch is not None and unjudged(state.watch):
        found.append(Blind("any source", unjudged(state.watch)))
    return tuple(found)


def misfits(folded: Folded) -> tuple[tuple[str, int], ...]:
    """Facts that did not fit and wait to be settled: each sentence once, with how often."""
    return tuple(Counter(each.text for each in folded.state.open_conflicts).items())


# Record -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the record. `before` is what it said before a correction; `reasons` why it was amended."""

    event: str
    kind: str
    at: datetime
    t_s: float | None
    late_by_s: int
    source: str
    text: str
    by: str
    authorised_by: str | None = None
    struck: bool = False
    before: str = ""
    reasons: tuple[str, ...] = ()
    tone: str = ""
    may_amend: bool = True
    acknowledged_by: str = ""

    @property
    def mark(self) -> str:
        """Minutes since the pump first ran: "+16", "−5", or a dash before there was a start."""
        if self.t_s is None:
            return "–"
        minutes = int(abs(self.t_s) // 60)
        return f"+{minutes}" if self.t_s >= 0 else f"−{minutes}"


def record_rows(folded: Folded, at: datetime, *, at_most: int = 0) -> tuple[Row, ...]:
    """The record, newest first: what people did, each cuff reading, and the alarms; `at_most` 0 is all."""
    amended = [each for each in amend(folded.events) if _listed(each)]
    rows = [_row(folded, each) for each in amended[-at_most:]]
    rows += [_alarm_row(folded, each) for each in session_alarms(folded.state, at)]
    rows.sort(key=lambda row: row.at, reverse=True)
    return tuple(rows[:at_most] if at_most else rows)


def _listed(each: Amended) -> bool:
    """Between two cuff readings a monitor's ticks are in the graphs, not in the list."""
    if each.event.kind in UNLISTED:
        return False
    if each.event.kind != "observation.recorded" or each.event.source != "monitor":
        return True
    return any(value["signal"] == "sbp_mmhg" for value in each.event.payload["values"]) or each.corrected


def _row(folded: Folded, each: Amended) -> Row:
    event, rules = each.event, folded.rules
    late = is_late(
        rules.schedule, observed_at=event.happened_at, entered_at=event.happened_at + event.late_by
    )
    return Row(
        event=event.id,
        kind=event.kind,
        at=event.happened_at,
        t_s=since_start(folded.state, event.happened_at),
        late_by_s=int(event.late_by.total_seconds()) if late else 0,
        source=event.source,
        text=_text(event, folded),
        by=event.actor,
        authorised_by=event.authorised_by,
        struck=each.struck,
        before=_text(each.original, folded) if each.corrected else "",
        reasons=tuple(str(typed(amendment).reason) for amendment in each.amendments),
        tone=event.kind.split(".")[0],
        may_amend=not each.struck and event.kind != "session.planned",
    )


def _text(event: Event, folded: Folded) -> str:
    if event.kind == "observation.recorded":
        return observation_words(typed(event))
    if event.kind == "preparation.begun" and _is_to_be_checked_blind(folded.state):
        return f"Preparation {typed(event).number}: its numbers stand here once two people agree"
    return said(event, folded.rules)


def _is_to_be_checked_blind(state: State) -> bool:
    """Whether the second person has yet to agree; an earlier syringe's numbers would lead them too."""
    return state.preparation is not None and state.preparation.checked is None


def _alarm_row(folded: Folded, each: OwnedAlarm) -> Row:
    ended = each.alarm.ended_at
    seconds = int((ended - each.alarm.started_at).total_seconds()) if ended else 0
    lasted = f"{seconds // 60} min {seconds % 60} s" if seconds >= 60 else f"{seconds} s"
    return Row(
        event="",
        kind="alarm",
        at=each.alarm.started_at,
        t_s=since_start(folded.state, each.alarm.started_at),
        late_by_s=0,
        source="alarm",
        text=f"{each.alarm.text}{f' · ended after {lasted}' if ended else ' · stands'}",
        by="",
        tone=f"alarm-{each.alarm.priority}",
        may_amend=False,
        acknowledged_by=each.acknowledged.stamp.by if each.acknowledged else "",
    )


def since_start(state: State, at: datetime) -> float | None:
    """Seconds since the pump first ran, negative before it; None before the start."""
    return (at - state.started_at).total_seconds() if state.started_at else None
