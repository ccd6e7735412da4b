"""Order, preparation, blind check, pump and time-out through their pages."""

import re
from html import unescape

import pytest

from chairside.vault.models import SessionEvent
from tests.people import PASSWORD
from tests.web.before.walk import DISPLAY, FOUND, VIAL, Walk, hidden, text


@pytest.fixture
def ordered(walk: Walk) -> Walk:
    walk.check_in()
    walk.order()
    return walk


@pytest.fixture
def begun(ordered: Walk) -> Walk:
    ordered.begin()
    return ordered


# Order ----------------------------------------------------------------------------------------------


def test_the_arithmetic_is_shown_before_anything_is_signed(walk: Walk) -> None:
    walk.check_in()
    form = {"dose": "0.5", "duration": "40", "kind": "actual"}
    said = text(walk.post("order", form | {"act": "reckon"}, "prescriber"))
    assert "0.5 mg/kg × 70.2 kg" in said and "35.1 mg" in said
    assert "Absolute ceiling" in said
    unseen = walk.post("order", form | {"sign_password": PASSWORD}, "prescriber")
    assert "read the arithmetic again, then sign" in text(unseen)
    assert walk.state.order is None


def test_an_order_is_signed_with_the_password_again(walk: Walk) -> None:
    walk.check_in()
    form = {"dose": "0.5", "duration": "40", "kind": "actual"}
    seen = hidden(walk.post("order", form | {"act": "reckon"}, "prescriber"), "seen")
    wrong = walk.post("order", form | {"seen": seen, "sign_password": "no"}, "prescriber")
    assert "Password: it is not the one of who is signed in" in text(wrong)
    assert 'value="0.5"' in wrong.content.decode()
    walk.post("order", form | {"seen": seen, "sign_password": PASSWORD}, "prescriber")
    assert walk.state.order is not None and walk.state.order.body.dose_ug == 35_100


def test_a_dose_changed_after_it_was_reckoned_is_not_signed(walk: Walk) -> None:
    walk.check_in()
    form = {"dose": "0.4", "duration": "40", "kind": "actual"}
    seen = hidden(walk.post("order", form | {"act": "reckon"}, "prescriber"), "seen")
    walk.post("order", form | {"dose": "0.5", "seen": seen, "sign_password": PASSWORD}, "prescriber")
    assert walk.state.order is None


def test_a_moved_point_in_the_dose_is_refused_in_words(walk: Walk) -> None:
    walk.check_in()
    answer = walk.post("order", {"dose": "5", "duration": "40", "kind": "actual"}, "prescriber")
    assert "looks like a ten-fold slip" in text(answer)


def test_a_nurse_reads_the_order_and_can_not_sign_one(ordered: Walk) -> None:
    page = ordered.get("order")
    assert "35.1 mg ketamine" in text(page)
    assert "sign_password" not in page.content.decode()
    form = {"dose": "0.5", "duration": "40", "kind": "actual", "seen": "35100 70200 2400"}
    refused = ordered.post("order", form | {"sign_password": PASSWORD})
    assert refused.status_code == 422
    assert SessionEvent.objects.filter(kind="order.signed").count() == 1


# Preparation ----------------------------------------------------------------------------------------


def test_the_syringe_is_reckoned_step_by_step_and_begun_once_seen(ordered: Walk) -> None:
    said = text(ordered.post("preparation/begin", VIAL | {"act": "reckon"}))
    for step in ("0.7 mL", "35 mg", "34.3 mL sodium chloride 0.9 %", "52.5 mL/h"):
        assert step in said
    assert not ordered.state.preparations
    ordered.begin()
    assert ordered.state.preparations[0].body.drawn_ug == 35_000


def test_a_vial_without_its_label_is_not_used(ordered: Walk) -> None:
    said = text(ordered.post("preparation/begin", VIAL | {"lot_1": "", "strength": "", "content_1": "x"}))
    assert "Lot: expected what the vial" in said
    assert "Strength: expected the one on the vial" in said
    assert "expected a number in mL" in said


def test_an_expired_vial_is_refused_beside_the_vial(ordered: Walk) -> None:
    assert "the vial has expired" in text(ordered.begin(expiry_1="2026-01-31"))
    assert not ordered.state.preparations


def test_a_dose_that_takes_two_vials_asks_for_the_second(ordered: Walk) -> None:
    small = VIAL | {"content_1": "0.5", "act": "reckon"}
    assert "this dose takes 2 of this size and strength" in text(ordered.post("preparation/begin", small))
    second = {"vial_2": "V-18", "content_2": "0.5", "lot_2": "L204", "expiry_2": "2027-01-31"}
    ordered.begin(content_1="0.5", **second)
    assert [each.drawn_ul for each in ordered.state.preparations[0].body.vials] == [500, 200]


# The blind check ------------------------------------------------------------------------------------

RECKONED = (
    "35.1",
    "0.7",
    "0.70",
    "34.3",
    "52.5",
    "35",
    "35.0",
    "35100",
    "700",
    "52500",
    "34300",
    "35000",
    "1",
)


def numbers_in(html: str) -> set[str]:
    """Every number a person or a script could read, ids and fixed markup left out."""
    kept = re.sub(
        r'(?s)<head>.*?</head>|name="(press|csrfmiddlewaretoken)" value="[^"]*"|hx-headers=\'[^\']*\'',
        "",
        html,
    )
    kept = re.sub(
        r'/sessions/[^"/]*|<h1>|</h1>|<h2>|</h2>|<h3>|</h3>|<body[^>]*>|viewBox="[^"]*"| d="[^"]*"', "", kept
    )
    return set(re.findall(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]*\d)", unescape(kept)))


def test_the_second_persons_page_holds_no_number_that_was_reckoned(begun: Walk) -> None:
    page = begun.get("preparation/second-check").content.decode()
    page = (
        page.replace("check preparation 1", "").replace("infusion 1 of 6", "").replace("second step of 1", "")
    )
    assert not numbers_in(page) & set(RECKONED)


def test_whoever_is_to_check_is_never_shown_the_workings(begun: Walk) -> None:
    assert begun.get("preparation", "prescriber")["Location"].endswith("/second-check")
    assert "52.5 mL/h" in text(begun.get("preparation"))


def test_two_people_agree_by_the_signed_rounding(begun: Walk) -> None:
    assert begun.second(drawn="0.702").status_code == 302
    (made,) = begun.state.preparations
    assert made.checked is not None
    assert made.checked.stamp.by == begun.six.prescriber.pk


def test_the_one_who_prepared_it_does_not_check_it(begun: Walk) -> None:
    answer = begun.second(second_username="nurse")
    assert "One person can" in text(answer)
    assert not begun.state.preparations[0].checks
    assert 'value="0.70"' in answer.content.decode()


def test_a_second_person_may_check_on_a_tablet_of_their_own(begun: Walk) -> None:
    begun.post("preparation/second-check", FOUND | {"sign_password": PASSWORD}, "prescriber")
    assert begun.state.preparations[0].checked is not None


def test_disagreement_says_only_which_fields_differ_and_both_begin_again(begun: Walk) -> None:
    answer = begun.second(rate="51.0")
    said = text(answer)
    assert "The check does not agree in: rate" in said
    assert "52.5" not in answer.content.decode()
    assert begun.state.preparations[0].checks[0].body.agrees is False
    assert "two people have not agreed" not in said
    begun.begin()
    assert begun.state.preparations[1].body.reason == "check disagreed"


def test_the_wrong_vial_is_a_stop_of_arithmetic_with_its_sentence(begun: Walk) -> None:
    said = text(begun.second(strength="100"))
    assert "It looks like another vial strength" in said
    assert "Nobody lets this pass" in said


def test_a_moved_point_is_a_stop_of_arithmetic_with_its_sentence(begun: Walk) -> None:
    assert "about ten times too high or too low" in text(begun.second(drawn="7"))


def test_an_unreadable_number_is_said_beside_its_line_and_nothing_is_lost(begun: Walk) -> None:
    answer = begun.second(rate="52,5")
    assert "with a point, not a comma" in text(answer)
    assert 'value="0.70"' in answer.content.decode()


# Pump and time-out ----------------------------------------------------------------------------------


def test_the_pumps_display_is_compared_and_a_difference_is_named_by_field(begun: Walk) -> None:
    begun.second()
    answer = begun.post("preparation/pump", DISPLAY | {"rate": "5.25"})
    assert "Pump: does not agree in: rate" in text(answer)
    assert begun.state.phase == "checked-in"
    begun.post("preparation/pump", DISPLAY)
    assert begun.state.phase == "prepared"


def test_a_dropped_vial_is_a_new_numbered_preparation_with_its_reason(begun: Walk) -> None:
    begun.second()
    assert "Reason: expected why a new preparation is made" in text(begun.post("preparation/begin", VIAL))
    begun.begin(reason="vial dropped", vial_1="V-18")
    assert [each.body.reason for each in begun.state.preparations] == ["first", "vial dropped"]


def timeout_form(walk: Walk, **changed: str) -> dict[str, str]:
    page = walk.get("time-out").content.decode()
    form = dict.fromkeys(re.findall(r'name="([a-z_]+\.[a-z_]+)" value="yes"', page), "yes")
    form |= {"monitor.in_use": "typed"}
    return form | {name.replace("__", "."): value for name, value in changed.items()}


def test_every_line_of_the_time_out_is_answered(begun: Walk) -> None:
    begun.second()
    begun.post("preparation/pump", DISPLAY)
    form = timeout_form(begun)
    assert " checked>" not in begun.get("time-out").content.decode()
    del form["oxygen.ready"]
    answer = begun.post("time-out", form)
    assert "1 line is open" in text(answer)
    assert begun.state.timeout is None
    begun.post("time-out", form | {"oxygen.ready": "yes"})
    assert begun.state.timeout is not None


def test_a_pulse_that_is_not_the_monitors_stops_the_time_out(begun: Walk) -> None:
    begun.second()
    begun.post("preparation/pump", DISPLAY)
    form = timeout_form(begun, monitor__in_use="monitor")
    form |= {"monitor.felt_pulse_per_min": "72", "monitor.monitor_pulse_per_min": "96"}
    answer = begun.post("time-out", form)
    assert "pulse felt and shown" in text(answer).lower()
    assert begun.state.timeout is None
    begun.post("time-out", form | {"monitor.monitor_pulse_per_min": "74"})
    assert begun.state.timeout is not None
