"""A session as the graphs draw it: values on one time axis in seconds since T0."""

from collections.abc import Iterator
from datetime import datetime

from chairside.charts.forecast import Forecast
from chairside.charts.sessions import Folded
from chairside.core.pharmacology import Curve
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import planned_stop
from chairside.core.session.pump import runs
from chairside.core.session.verdicts import session_alarms
from chairside.ui.graphs import Band, Chart, Due, Gap, Limit, Mark, Pressure, RateStep, Series
from chairside.ui.graphs.values import MarkKind, Severity, Signal, Substance

BEFORE_S, AFTER_S, LEAST_S, AHEAD_S = 900, 1200, 3600, 900
SERIES: tuple[tuple[Signal, tuple[str, ...]], ...] = (
    ("hr", ("hr_per_min", "pulse_per_min")),
    ("spo2", ("spo2_percent",)),
    ("rr", ("rr_per_min",)),
)
DRAWN: dict[str, Signal] = {"sbp_mmhg": "bp", "spo2_percent": "spo2"}
"""Signals whose limits are drawn: on a shared scale a second signal's lines would be read as the first's."""
SEVERITY: dict[str, Severity] = {"high": "high", "medium": "med", "low": "low"}
WORDS: dict[str, MarkKind] = {"drug.given": "drug", "note.added": "note", "adverse.recorded": "alarm-med"}
QUIET_ACTS = frozenset({"resting", "comfortable"})


def picture(folded: Folded, at: datetime, predicted: Forecast, *, clock: str = "") -> Chart:
    """The chart at a moment; before the start the axis counts to it. `clock` is the wall time at T0."""
    zero = folded.state.started_at or at
    drawing = _Drawing(folded, zero, at)
    planned = planned_stop(folded.state)
    ends = [LEAST_S, drawing.s(at) + AHEAD_S]
    ends += [drawing.s(each) + AFTER_S for each in (planned, folded.state.stopped_at) if each]
    return Chart(
        start_s=-BEFORE_S,
        end_s=max(ends),
        now_s=drawing.s(at),
        pressures=tuple(drawing.pressures()),
        series=tuple(drawing.series()),
        gaps=tuple(drawing.gaps()),
        limits=tuple(drawing.limits()),
        bands=bands(predicted),
        band_label="90 % band" if predicted.band else "",
        steps=tuple(drawing.steps(planned)),
        marks=tuple(drawing.marks()),
        dues=tuple(drawing.dues()),
        zero_clock=clock,
    )


def bands(predicted: Forecast) -> tuple[Band, ...]:
    """The two predicted bands, or none."""
    band = predicted.band
    if band is None:
        return ()
    pairs: tuple[tuple[Substance, Curve], ...] = (
        ("ketamine", band.ketamine_ng_per_ml),
        ("norketamine", band.norketamine_ng_per_ml),
    )
    return tuple(
        Band(name, tuple(zip(band.times_s, curve.q05, curve.q50, curve.q95, strict=True)))
        for name, curve in pairs
    )


class _Drawing:
    """One session on its axis."""

    def __init__(self, folded: Folded, zero: datetime, at: datetime) -> None:
        self.folded, self.state, self.rules = folded, folded.state, folded.rules
        self.zero, self.at = zero, at

    def s(self, at: datetime) -> float:
        """Seconds since T0."""
        return (at - self.zero).total_seconds()

    def pressures(self) -> Iterator[Pressure]:
        """Each cuff reading that passed the gate."""
        for each in self.state.observations:
            values = each.accepted()
            if "sbp_mmhg" in values and "dbp_mmhg" in values:
                yield Pressure(self.s(each.stamp.at), values["sbp_mmhg"], values["dbp_mmhg"])

    def series(self) -> Iterator[Series]:
        """Each signal as points, None where the source could not measure it."""
        for name, signals in SERIES:
            points: list[tuple[float, float | None]] = []
            for each in self.state.observations:
                values = each.accepted()
                value = next((values[signal] for signal in signals if signal in values), None)
                spoken = value is not None or any(v.signal == signals[0] for v in each.body.values)
                if spoken:
                    points.append((self.s(each.stamp.at), value))
            known = self.rules.signals.signal(signals[0])
            if points and known:
                yield Series(name, tuple(points), gap_s=float(known.stale_s.value))

    def gaps(self) -> Iterator[Gap]:
        """Each silence that was an alarm, while it lasted."""
        named = {signals[0]: name for name, signals in SERIES}
        for each in session_alarms(self.state, self.at):
            if each.alarm.kind in ("limit", "change") or each.alarm.signal not in {*named, ""}:
                continue
            start, end = self.s(each.alarm.started_at), self.s(each.alarm.ended_at or self.at)
            label = f"no signal {int(end - start) // 60}:{int(end - start) % 60:02d}"
            for signal in [named[each.alarm.signal]] if each.alarm.signal else list(named.values()):
                yield Gap(signal, start, end, label)

    def limits(self) -> Iterator[Limit]:
        """The signed limits that ask for a hold or a stop."""
        for each in self.rules.limits.limits:
            name = DRAWN.get(each.signal)
            if name and each.basis == "absolute" and each.action in ("hold", "stop"):
                value = float(each.threshold.value)
                yield Limit(name, value, f"{each.action} {value:g}", SEVERITY[each.priority])

    def steps(self, planned: datetime | None) -> Iterator[RateStep]:
        """The pump's stretches, and what lies ahead if nothing changes."""
        for run in runs(self.state):
            rate = run.rate_ul_per_h / 1000
            start, end = self.s(run.starts_at), self.s(min(run.ends_at or self.at, self.at))
            yield RateStep(start, end, rate, f"{rate:g} mL/h")
            if run.ends_at is None and planned is not None and planned > self.at:
                yield RateStep(self.s(self.at), self.s(planned), rate, "to the planned end", planned=True)

    def marks(self) -> Iterator[Mark]:
        """Acts, drugs, the pump, notes and alarms."""
        for change in self.state.pump:
            yield Mark(self.s(change.stamp.at), change.kind.removeprefix("pump."), "pump")
        for act in self.state.acts:
            if isinstance(act.body, p.ActRecorded):
                yield Mark(self.s(act.stamp.at), self._act(act.body), "act")
        for said in (*self.state.drugs, *self.state.notes):
            words = self._words(said.kind, said.body)
            if words:
                yield Mark(self.s(said.stamp.at), words, WORDS.get(said.kind, "note"))
        for each in session_alarms(self.state, self.at):
            if each.alarm.priority != "low":
                kind: MarkKind = "alarm-high" if each.alarm.priority == "high" else "alarm-med"
                yield Mark(self.s(each.alarm.started_at), each.alarm.text.split(":")[0], kind)

    def _act(self, body: p.ActRecorded) -> str:
        if body.act in QUIET_ACTS:
            return "look"
        act = self.rules.acts.act(body.act)
        label = (act.label if act else body.act).lower()
        return label if body.score is None else f"{label} {body.score}"

    def _words(self, kind: str, body: object) -> str:
        if isinstance(body, p.DrugGiven):
            drug = self.rules.rescue.drug(body.substance)
            return f"{drug.name if drug else body.substance} {body.dose_ug / 1000:g} mg"
        if isinstance(body, p.AdverseRecorded):
            return body.term
        if isinstance(body, p.VeinLost):
            return "new vein" if body.new_site else "vein lost"
        return "note" if isinstance(body, p.NoteAdded) else ""

    def dues(self) -> Iterator[Due]:
        """What is owed and what lies ahead."""
        for each in self.rules.due(self.state, self.at):
            if each.state in ("overdue", "due", "later"):
                yield Due(self.s(each.due_at), each.label, each.state == "overdue")
