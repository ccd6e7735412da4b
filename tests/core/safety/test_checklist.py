"""Answers of a checklist: what is proper, what is missing, and the facts they become."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.safety.checklist import Checklist, Choice, Field, Item, facts_of, problems, unanswered
from chairside.core.safety.stops import stops
from chairside.library.loader import BadLibraryFile, read_file, standard

CHECKIN: Checklist = standard()["checkin", "checkin-before-infusion"].typed
TIMEOUT_FILE = standard()["timeout", "timeout-before-start"]
TIMEOUT: Checklist = TIMEOUT_FILE.typed
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD = {item.id: {field.id: True for field in item.fields} for item in TIMEOUT.items} | {
    "monitor": {
        "in_use": "monitor",
        "is_this_patients": True,
        "felt_pulse_per_min": 70,
        "monitor_pulse_per_min": 72,
    }
}


def timeout_stops(item=None, **answers):
    changed = GOOD | ({item: GOOD[item] | answers} if item else {})
    return [(stop.rule_id, stop.kind) for stop in stops(TIMEOUT.rules, facts_of(TIMEOUT, changed), at=NOON)]


@pytest.mark.parametrize(
    ("item", "field", "good", "bad", "says"),
    [
        ("identity", "name_matches", True, "yes", "expected yes or no, not 'yes'"),
        ("identity", "name_matches", False, 1, "expected yes or no, not 1"),
        ("allergies", "answer", "none", "None", "expected one of none, as_recorded, new, not 'None'"),
        ("allergies", "what", "ö 🦆", 5, "expected text, not 5"),
        ("intake", "solids_at", "2026-03-02T07:30:00Z", "07:30", "expected a time as"),
        (
            "intake",
            "solids_at",
            "2026-03-02T07:30:00-08:00",
            "2026-03-02T07:30",
            "expected a time with its zone",
        ),
        ("mood", "item9", 3, 4, "expected a whole number from 0 to 3, not 4"),
        ("mood", "item9", 0, -1, "expected a whole number from 0 to 3, not -1"),
        ("mood", "item9", 1, True, "expected a whole number from 0 to 3, not True"),
        ("mood", "item9", 1, 1.0, "expected a whole number from 0 to 3, not 1.0"),
        (
            "weight",
            "weight_g",
            {"value": 80.5, "unit": "kg"},
            80.5,
            "expected a number above zero with its unit",
        ),
        ("weight", "weight_g", {"value": 177, "unit": "lb"}, {"value": 177, "unit": "st"}, "(kg or lb)"),
        ("weight", "weight_g", {"value": 0.1, "unit": "kg"}, {"value": 0, "unit": "kg"}, "above zero"),
        (
            "weight",
            "weight_g",
            {"value": 1, "unit": "kg"},
            {"value": float("nan"), "unit": "kg"},
            "above zero",
        ),
    ],
)
def test_an_improper_answer_is_named_with_what_was_expected(item, field, good, bad, says):
    asked = CHECKIN.item(item)
    assert problems(asked, {field: good}) == ()
    (sentence,) = problems(asked, {field: bad})
    assert sentence.startswith(f"{item}.{field}: ")
    assert says in sentence
    assert facts_of(CHECKIN, {item: {field: bad}})[f"{item}.{field}"] is None


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("2026-02-28", ()),
        ("2026-02-29", ("i.f: expected a date as YYYY-MM-DD, not '2026-02-29'",)),
        (5, ("i.f: expected a date as YYYY-MM-DD, not 5",)),
    ],
)
def test_a_date_must_be_in_the_calendar(answer, found):
    item = Item(id="i", question="When?", fields=(Field(id="f", label="F", type="date"),))
    assert problems(item, {"f": answer}) == found


def test_a_plain_number_stands_in_its_own_unit():
    pulse = TIMEOUT.item("monitor")
    assert problems(pulse, {"felt_pulse_per_min": 70.5}) == ()
    (sentence,) = problems(pulse, {"felt_pulse_per_min": "70"})
    assert "expected a number in /min, not '70'" in sentence


def test_a_field_nobody_knows_is_named():
    assert problems(CHECKIN.item("mood"), {"humour": True}) == ("mood.humour: no such field",)


@pytest.mark.parametrize(
    ("value", "unit", "weight_g"),
    [
        (80, "kg", 80000),
        (80.55, "kg", 80550),
        (154.3, "lb", 69989),
        (177.3, "lb", 80422),
        (0.001, "kg", 1),
        (70.0015, "kg", 70002),
    ],
)
def test_a_weight_becomes_whole_grams_from_the_digits_as_typed(value, unit, weight_g):
    facts = facts_of(CHECKIN, {"weight": {"weight_g": {"value": value, "unit": unit}}})
    assert facts["weight.weight_g"] == weight_g


@given(st.integers(1, 400_000))
def test_kilograms_with_three_digits_are_whole_grams_exactly(weight_g):
    answers = {"weight": {"weight_g": {"value": weight_g / 1000, "unit": "kg"}}}
    assert facts_of(CHECKIN, answers)["weight.weight_g"] == weight_g


def test_blank_answers_are_no_answers():
    assert "allergies.answer" in unanswered(CHECKIN, {"allergies": {"answer": "  "}})
    assert facts_of(CHECKIN, {"allergies": {"what": " "}})["allergies.what"] is None


def test_required_fields_are_wanted_in_order_and_no_others():
    wanted = unanswered(CHECKIN, {})
    assert wanted[:3] == ("identity.name_matches", "identity.birth_date_matches", "weight.weight_g")
    assert "weight.weighed_again" not in wanted
    assert "identity.name_matches" not in unanswered(CHECKIN, {"identity": {"name_matches": False}})


def test_what_was_known_before_stands_beside_the_answers():
    facts = facts_of(CHECKIN, {}, known={"weight_g": 80000, "item9": None})
    assert (facts["known.weight_g"], facts["known.item9"]) == (80000, None)


def test_a_time_out_with_every_line_said_stops_nothing():
    assert timeout_stops() == []


@pytest.mark.parametrize(
    ("item", "field", "rule", "kind"),
    [
        ("patient", "right", "timeout-patient", "identity"),
        ("drug", "right", "timeout-drug", "identity"),
        ("concentration", "right", "timeout-concentration", "arithmetic"),
        ("pump", "right", "timeout-pump", "arithmetic"),
        ("monitor", "is_this_patients", "timeout-monitor", "identity"),
        ("access", "patent", "timeout-access", "absolute"),
        ("allergies", "read", "timeout-allergies", "absolute"),
        ("call_button", "tested", "timeout-call-button", "absolute"),
        ("oxygen", "ready", "timeout-oxygen", "absolute"),
        ("suction", "ready", "timeout-suction", "absolute"),
        ("bag_mask", "ready", "timeout-bag-mask", "absolute"),
        ("defibrillator", "ready", "timeout-defibrillator", "absolute"),
        ("rescue_drugs", "ready", "timeout-rescue-drugs", "absolute"),
        ("responsible", "named", "timeout-responsible", "absolute"),
        ("responsible", "prescriber_reachable", "timeout-prescriber", "absolute"),
    ],
)
def test_a_line_of_the_time_out_answered_no_or_not_at_all_stops(item, field, rule, kind):
    assert timeout_stops(item, **{field: False}) == [(rule, kind)]
    assert timeout_stops(item, **{field: None}) == [(rule, kind)]


@pytest.mark.parametrize(
    ("felt", "stops_it"), [(62, False), (82, False), (83, True), (61, True), (None, True)]
)
def test_the_pulse_felt_must_be_the_pulse_shown(felt, stops_it):
    found = timeout_stops("monitor", felt_pulse_per_min=felt)
    assert found == ([("timeout-pulse", "relative")] if stops_it else [])


def test_readings_typed_by_hand_need_no_monitor():
    assert timeout_stops("monitor", in_use="typed", is_this_patients=None, felt_pulse_per_min=None) == []


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ({"type": "choice"}, "choices: expected with the type choice"),
        ({"type": "yesno", "choices": (Choice("a", "A"),)}, "choices: expected with the type choice"),
        ({"type": "score", "low": 0}, "low, high: expected for the score f"),
        ({"type": "score", "low": 3, "high": 3}, "low, high: expected for the score f"),
        ({"type": "number"}, "unit: expected for the number f"),
    ],
)
def test_a_field_that_can_not_be_answered_is_refused(field, says):
    with pytest.raises(ValueError, match=says):
        Field(id="f", label="F", **field)


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ('id = "timeout-drug"', 'id = "timeout-patient"', "the id 'timeout-patient' is used twice"),
        (
            'id = "timeout-drug"',
            'id = "timeout-drug"\ncovered_by = "nothing"',
            "at least as strict as timeout-drug",
        ),
        (
            'id = "timeout-drug"',
            'id = "timeout-drug"\ncovered_by = "timeout-pump"',
            "at least as strict as timeout-drug",
        ),
    ],
)
def test_a_checklist_that_contradicts_itself_is_refused(written, instead, says):
    with pytest.raises(BadLibraryFile, match=says):
        read_file(TIMEOUT_FILE.raw.decode().replace(written, instead, 1).encode(), "t.toml")
