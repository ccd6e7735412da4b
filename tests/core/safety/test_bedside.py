"""A real bedside recording through gate and alarms (MIT-LCP, s25047): what must alarm, and what must not."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chairside.core.quantities import Sourced
from chairside.core.safety import (
    Alarm,
    CuffBefore,
    Limit,
    Limits,
    Reading,
    Signals,
    alarms,
    begin,
    gate,
    monitoring,
    observe,
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


def typed(kind: str, wanted: type) -> object:
    return next(
        each.typed for each in standard().values() if each.kind == kind and isinstance(each.typed, wanted)
    )


def number(value: float, unit: str) -> Sourced:
    return Sourced(value, unit, "D", "test library")


@pytest.fixture(scope="module")
def night(shared: Path) -> tuple[list[tuple[float, dict[str, str]]], tuple[Alarm, ...]]:
    """The recording's rows with the gate's verdicts, and every alarm until its end."""
    signals, limits = typed("signals", Signals), typed("limits", Limits)
    assert isinstance(signals, Signals) and isinstance(limits, Limits)
    limits = replace(
        limits,
        limits=(
            Limit(
                id="spo2-test",
                signal="spo2_percent",
                label="below",
                comparison="below",
                threshold=number(90, "%"),
                delay_s=number(0, "s"),
                priority="high",
                action="stop",
            ),
            *(each for each in limits.limits if each.signal in ("rr_per_min", "hr_per_min")),
        ),
    )
    watch = monitoring(begin(limits, signals), on=True, at=START)
    rows, before, cuff_at = [], None, START
    with next((shared / "data" / "bedside").glob("s25047*n.csv")).open() as file:
        for row in csv.DictReader(file):
            at = START + timedelta(seconds=float(row["t_s"]))
            values = {
                signal: (float(row[name]) or None if row[name] else None)
                for name, signal in COLUMNS.items()
                if row[name] or name not in ("NBPSys", "NBPDias", "NBPMean")
            }
            seen = CuffBefore(before, (at - cuff_at).total_seconds()) if before else None
            gated = gate(values, signals, before=seen)
            for each in gated:
                if each.signal == "sbp_mmhg" and each.verdict == "accepted":
                    before, cuff_at = each.value, at
            watch = observe(
                watch,
                [
                    Reading(
                        each.signal, each.value, each.unit, at, "monitor", "m", each.verdict, each.reason, "e"
                    )
                    for each in gated
                ],
            )
            rows.append((float(row["t_s"]) / 60, {each.signal: each.verdict for each in gated}))
    return rows, alarms(watch, START + timedelta(minutes=71, seconds=30))


def minutes(at: datetime) -> float:
    return (at - START).total_seconds() / 60


def standing(found: tuple[Alarm, ...], minute: float) -> list[Alarm]:
    """The alarms that stand within one sample of that minute."""
    return [
        each
        for each in found
        if minutes(each.started_at) <= minute + 1
        and (each.ended_at is None or minutes(each.ended_at) > minute)
    ]


LOW = [15, 36, *range(40, 46), *range(54, 58), 59, 70, 71]


@pytest.mark.parametrize("minute", LOW)
def test_each_sample_below_90_lies_inside_an_alarm(night: tuple, minute: int) -> None:
    assert "spo2-test" in [each.limit_id for each in standing(night[1], minute)]


def test_breathing_at_1_8_alarms(night: tuple) -> None:
    assert "rr-stop" in [each.limit_id for each in standing(night[1], 40)]


@pytest.mark.parametrize("minute", [62, 65, 66])
def test_all_signals_lost_is_a_loud_look_at_the_patient(night: tuple, minute: int) -> None:
    loud = [each for each in standing(night[1], minute) if each.kind == "no signal" and not each.signal]
    assert loud and loud[0].priority == "high" and "look at the patient" in loud[0].text


def test_a_lead_off_is_no_asystole_and_ends_no_desaturation(night: tuple) -> None:
    at_45 = standing(night[1], 45)
    assert "hr-low" not in [each.limit_id for each in at_45 if minutes(each.started_at) >= 45]
    assert "silence-hr_per_min" in [each.limit_id for each in at_45]
    desaturation = next(each for each in at_45 if each.limit_id == "spo2-test")
    assert desaturation.ended_at is not None and minutes(desaturation.ended_at) == 46


def test_a_desaturation_that_is_not_measured_goes_on(night: tuple) -> None:
    desaturation = next(each for each in standing(night[1], 57) if each.limit_id == "spo2-test")
    assert minutes(desaturation.started_at) == 54 and minutes(desaturation.ended_at or START) == 60


@pytest.mark.parametrize("minute", [35, 63, 64])
def test_artefacts_are_implausible_and_never_values(night: tuple, minute: int) -> None:
    verdicts = dict(night[0])[minute]
    signal = "sbp_mmhg" if minute == 35 else "pulse_per_min"
    assert verdicts[signal] == "implausible"


@pytest.mark.parametrize("minute", [5, 59, 61])
def test_a_mean_without_systolic_and_diastolic_is_not_a_pressure(night: tuple, minute: int) -> None:
    assert dict(night[0])[minute]["map_mmhg"] == "implausible"
