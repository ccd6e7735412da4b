"""A new vein or a second vial at half dose: a new numbered preparation, checked again by two people."""

from datetime import timedelta

import pytest

from chairside.actions.sessions import Entry, record
from chairside.charts.sessions import Folded
from chairside.core.session import typed_payload
from tests.actions.afternoon import Afternoon
from tests.web.before.walk import DISPLAY, VIAL, Walk, text


def at_the_pump(walk: Walk, kind: str, payload: dict) -> Folded:
    author = Afternoon(walk.six, walk.visit).author("nurse")
    entry = Entry(kind=kind, payload=typed_payload(kind, payload))
    return record(session=walk.visit.session, clinic="bay", entry=entry, by=author, at=walk.clock.now())


@pytest.fixture
def half_way(walk: Walk) -> Walk:
    """Twenty minutes of forty have run, then the vein was lost."""
    walk.prepared()
    walk.post("time-out", timeout_form(walk))
    at_the_pump(walk, "pump.started", {"rate_ul_per_h": 52_500})
    walk.clock.move(minutes=20)
    at_the_pump(walk, "vein.lost", {})
    return walk


def timeout_form(walk: Walk) -> dict[str, str]:
    from tests.web.before.test_drug import timeout_form as answered

    return answered(walk)


def test_a_new_vein_runs_on_from_the_same_syringe(half_way: Walk) -> None:
    assert half_way.state.phase == "paused"
    half_way.post("preparation/continue", {})
    body = half_way.state.preparations[1].body
    assert (body.number, body.reason, body.continues) == (2, "new vein", 1)
    assert (body.volume_ul, body.rate_ul_per_h, body.vials) == (17_500, 52_500, ())


def test_the_continued_syringe_is_checked_and_set_again_before_it_resumes(half_way: Walk) -> None:
    half_way.post("preparation/continue", {})
    half_way.clock.move(minutes=1)
    half_way.second()
    half_way.post("preparation/pump", DISPLAY | {"volume": "17.5"})
    assert half_way.state.preparations[1].usable
    at_the_pump(half_way, "pump.resumed", {"rate_ul_per_h": 52_500})
    assert half_way.state.phase == "infusing"


def test_the_pump_set_to_the_whole_volume_again_is_refused(half_way: Walk) -> None:
    half_way.post("preparation/continue", {})
    half_way.second()
    assert "volume to be infused" in text(half_way.post("preparation/pump", DISPLAY))


def test_a_vial_of_another_strength_holds_only_what_the_order_still_wants(half_way: Walk) -> None:
    other = {
        "strength": "100 mg/mL",
        "vial_1": "V-30",
        "content_1": "5",
        "lot_1": "K1",
        "reason": "second vial",
    }
    half_way.begin(**(VIAL | other))
    body = half_way.state.preparations[1].body
    assert (body.drawn_ug, body.vials[0].strength_ug_per_ml) == (17_000, 100_000)


def test_a_new_order_can_be_signed_while_it_is_paused(half_way: Walk) -> None:
    half_way.clock.move(seconds=30)
    half_way.order(dose="0.4")
    assert half_way.state.order is not None and half_way.state.order.body.dose_ug == 28_100


def test_nobody_is_sent_home_before_a_start_that_has_been(half_way: Walk) -> None:
    assert "the session ends by a disposition" in text(half_way.post("go-home", {"reason": "late"}))
    assert timedelta(0) < half_way.clock.now() - half_way.state.started_at
