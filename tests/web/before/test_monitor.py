"""Which monitor is this patient's, and a set made of what it says."""

from datetime import datetime, timedelta

import pytest

from chairside.actions.patients import set_device
from chairside.actions.sessions import Author, Entry, observe
from chairside.charts.sessions import load
from chairside.core.session import typed_payload
from chairside.records.models import Device
from tests.core.session.stories import vitals
from tests.web.before.walk import Walk, text

TICK = {"hr_per_min": 74.0, "spo2_percent": 97.0, "rr_per_min": 13.0}
CUFF = {"sbp_mmhg": 126.0, "dbp_mmhg": 79.0}


@pytest.fixture
def monitor(walk: Walk) -> Device:
    device = Device(
        clinic=walk.six.clinic, name="Monitor 2", chair=walk.visit.chair, zone="America/Los_Angeles"
    )
    return set_device(device, keys=["MON-2"], by=walk.six.manager, at=walk.clock.now())


def sends(walk: Walk, at: datetime, **values: float) -> None:
    payload = typed_payload("observation.recorded", vitals(**values))
    observe(
        session=walk.visit.session,
        clinic="bay",
        entry=Entry(kind="observation.recorded", payload=payload, observed_at=at, source="monitor"),
        by=Author("device:MON-2", frozenset({"device"}), "MON-2"),
        at=walk.clock.now(),
    )


def a_minute_of_monitoring(walk: Walk, **cuff: float) -> None:
    walk.clock.move(minutes=6)
    sends(walk, walk.clock.now() - timedelta(seconds=40), **(cuff or CUFF))
    sends(walk, walk.clock.now() - timedelta(seconds=2), **TICK)


def test_a_monitor_of_this_chair_becomes_this_patients(walk: Walk, monitor: Device) -> None:
    assert "Monitor 2 is this patient" in text(walk.get("check-in"))
    walk.post("check-in/monitor", {"monitor": monitor.pk})
    assert walk.state.monitor is not None and walk.state.monitor.body.monitor == monitor.pk
    walk.post("check-in/monitor", {"monitor": monitor.pk, "act": "release"})
    assert walk.state.monitor is None


def test_a_monitor_of_another_clinic_is_not_one(walk: Walk) -> None:
    other = Device(clinic=walk.six.elsewhere, name="Theirs", zone="Europe/Paris")
    set_device(other, keys=["X"], by=walk.six.stranger, at=walk.clock.now())
    assert "expected one of this clinic" in text(walk.post("check-in/monitor", {"monitor": other.pk}))


@pytest.fixture
def monitored(walk: Walk, monitor: Device) -> Walk:
    walk.post("check-in/monitor", {"monitor": monitor.pk})
    return walk


def test_two_sets_from_the_monitor_make_a_baseline(monitored: Walk) -> None:
    for _ in range(2):
        a_minute_of_monitoring(monitored)
        assert monitored.post("check-in/read-back", {}).status_code == 302
    monitored.fix()
    baseline = dict(monitored.state.baseline_values)
    assert (baseline["sbp_mmhg"], baseline["spo2_percent"]) == (126.0, 97.0)
    sets = load(monitored.visit.session, "bay").rules.baseline_sets(monitored.state)
    assert {each.source for each in sets} == {"read back"}


def test_one_cuff_reading_is_not_two_sets(monitored: Walk) -> None:
    a_minute_of_monitoring(monitored)
    monitored.post("check-in/read-back", {})
    answer = monitored.post("check-in/read-back", {})
    assert "take the pressure again" in text(answer)


def test_an_old_value_makes_no_set(monitored: Walk) -> None:
    a_minute_of_monitoring(monitored)
    monitored.clock.move(minutes=5)
    answer = monitored.post("check-in/read-back", {})
    assert "No fresh heart rate from the monitor" in text(answer)
    assert "old" in text(monitored.get("check-in"))
