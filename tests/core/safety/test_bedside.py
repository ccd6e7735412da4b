"""A real bedside recording through gate and alarms (MIT-LCP, s25047): what must alarm, and what must not."""

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chairside.core.quantities import Sourced
from chairside.core.safety import (
    Alarm,
    Gated,
    Limit,
    Limits,
    Reading,
    Signals,
    alarms,
    begin,
    gate,
    monitoring,
    observe,
    recent_cuffs,
)
from chairside.library.loader import standard

START = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)
COLUMNS = {
    "HR": "hr_per_min",
    "PULSE": "pulse_per_min",
    "RESP": "rr_per_min",
    "SpO2": "spo2_percent",
    "NBPSys": "sbp_mmhg",
    "NBPDias": "dbp_mmhg",
    "NBPMean": "map_mmhg",
}
LOW = [15, 36, *range(40, 46), *range(54, 58), 59, 70, 71]


def number(value: float, unit: str) -> Sourced:
    return Sourced(value, unit, "D", "test library")


SIGNALS: Signals = standard()["signals", "signals-adult"].typed
STANDARD: Limits = standard()["limits", "limits-tier-a"].typed
SPO2 = Limit(
    id="spo2-test",
    signal="spo2_percent",
    label="below",
    comparison="below",
    threshold=number(90, "%"),
    delay_s=number(0, "s"),
    priority="high",
    action="stop",
)
LIMITS = replace(STANDARD, limits=(SPO2, *(each for each in STANDARD.limits if each.id[:4] != "spo2")))


@dataclass(frozen=True)
class Night:
    """The recording as gated, minute by minute, and every alarm until its end."""

    gated: dict[int, dict[str, Gated]]
    alarms: tuple[Alarm, ...]
    live: tuple[frozenset[tuple[str, datetime | None]], ...]

    def standing(self, minute: float) -> list[Alarm]:
        """The alarms that stand within one sample of that minute."""
        return [
            each
            for each in self.alarms
            if minutes(each.started_at) <= minute + 1
            and (each.ended_at is None or minutes(each.ended_at) > minute)
        ]


def minutes(at: datetime) -> float:
    return (at - START).total_seconds() / 60


@pytest.fixture(scope="module")
def night(shared: Path) -> Night:
    path = next((shared / "data" / "bedside").glob("s25047*n.csv"))
    watch, cycles, gated, live = monitoring(begin(LIMITS, SIGNALS), on=True, at=START), [], {}, []
    for row in csv.DictReader(path.read_text().splitlines()):
        at = START + timedelta(seconds=float(row["t_s"]))
        values = {signal: float(row[name]) for name, signal in COLUMNS.items() if row[name]}
        found = gate(values, SIGNALS, before=recent_cuffs(cycles, at, SIGNALS))
        cycles.append((at, values))
        tick = [
            Reading(each.signal, each.value, each.unit, at, "monitor", "m", each.verdict, each.reason, "e")
            for each in found
        ]
        watch = observe(watch, tick)
        gated[round(minutes(at))] = {each.signal: each for each in found}
        live.append(frozenset((each.key, each.ended_at) for each in alarms(watch, at)))
    return Night(gated, alarms(watch, START + timedelta(minutes=71, seconds=30)), tuple(live))


@pytest.mark.parametrize("minute", LOW)
def test_each_sample_below_90_lies_inside_an_alarm(night: Night, minute: int) -> None:
    assert "spo2-test" in [each.limit_id for each in night.standing(minute)]


def test_these_are_all_samples_below_90_and_the_lowest_is_36(night: Night) -> None:
    seen = {m: each["spo2_percent"].value for m, each in night.gated.items() if each["spo2_percent"].value}
    assert [m for m, value in seen.items() if value < 90] == LOW
    lowest = min(each.value for each in night.alarms if each.limit_id == "spo2-test" and each.value)
    assert min(seen.values()) == lowest == 36.0


def test_no_alarm_of_spo2_stands_where_it_was_last_seen_well(night: Night) -> None:
    raised = [minutes(each.started_at) for each in night.alarms if each.limit_id == "spo2-test"]
    assert raised == [15, 36, 40, 54, 70]


def test_breathing_at_1_8_alarms(night: Night) -> None:
    assert "rr-stop" in [each.limit_id for each in night.standing(40)]


@pytest.mark.parametrize("minute", [62, 65, 66])
def test_all_signals_lost_is_a_loud_look_at_the_patient(night: Night, minute: int) -> None:
    loud = [each for each in night.standing(minute) if each.kind == "no signal" and not each.signal]
    assert loud and loud[0].priority == "high" and "look at the patient" in loud[0].text
    assert minutes(loud[0].started_at) in (62, 65)


def test_a_lead_off_is_technical_and_no_asystole(night: Night) -> None:
    assert not [
        each
        for each in night.alarms
        if each.signal == "hr_per_min" and each.kind == "limit" and minutes(each.started_at) >= 45
    ]
    [off] = [each for each in night.standing(46) if each.signal == "hr_per_min"]
    assert (off.kind, minutes(off.started_at), off.ended_at) == ("technical", 45.25, None)
    assert "lead off, Pulse is still measured" in off.text


def test_a_lead_off_ends_no_desaturation(night: Night) -> None:
    desaturation = next(each for each in night.standing(45) if each.limit_id == "spo2-test")
    assert desaturation.ended_at is not None and minutes(desaturation.ended_at) == 46


def test_a_desaturation_that_is_not_measured_goes_on(night: Night) -> None:
    desaturation = next(each for each in night.standing(58) if each.limit_id == "spo2-test")
    assert minutes(desaturation.started_at) == 54 and minutes(desaturation.ended_at or START) == 60


@pytest.mark.parametrize(
    ("minute", "signal"), [(35, "sbp_mmhg"), (35, "dbp_mmhg"), (63, "pulse_per_min"), (64, "pulse_per_min")]
)
def test_artefacts_are_implausible_and_never_values(night: Night, minute: int, signal: str) -> None:
    assert night.gated[minute][signal].verdict == "implausible"


def test_the_cuff_that_was_not_believed_asks_for_another(night: Night) -> None:
    [doubt] = [each for each in night.standing(34.5) if each.limit_id == "doubt-cuff"]
    assert minutes(doubt.started_at) == 35 and minutes(doubt.ended_at or START) == 39
    assert "151" in doubt.text and "beside 45 mmHg 120 s before" in doubt.text


@pytest.mark.parametrize("minute", [5, 59, 61])
def test_a_mean_without_systolic_and_diastolic_is_not_a_pressure(night: Night, minute: int) -> None:
    gated = night.gated[minute]["map_mmhg"]
    assert gated.verdict == "implausible" and "without both" in gated.reason


def test_zero_is_never_a_value(night: Night) -> None:
    every = [each for tick in night.gated.values() for each in tick.values()]
    assert not [each for each in every if each.value == 0]
    assert {each.verdict for each in night.gated[66].values()} == {"not_measured"}


def test_what_was_raised_at_the_bedside_is_what_the_record_says_afterwards(night: Night) -> None:
    assert len(night.live) == 72
    final = {each.key: each.ended_at for each in night.alarms}
    for minute, seen in enumerate(night.live):
        assert {key for key, _ in seen} == {
            each.key for each in night.alarms if minutes(each.started_at) <= minute
        }
        assert all(ended is None or final[key] == ended for key, ended in seen)
