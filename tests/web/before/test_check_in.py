"""Check-in: each question saved on its own; what is odd is asked, what stops is said with its ways."""

import pytest
from django.http import HttpResponse

from chairside.actions.patients import NewVisit, add_measure, plan_visit
from chairside.vault.models import SessionEvent
from tests.people import PASSWORD
from tests.web.before.walk import ANSWERS, Walk, hidden, text


def test_a_whole_check_in_ends_checked_in(walk: Walk) -> None:
    assert walk.check_in().status_code == 302
    assert walk.state.phase == "checked-in"
    weight = walk.visit.patient.last("weight_g")
    assert weight is not None and weight.value == 70_200


def test_each_answer_is_shown_with_who_and_when(walk: Walk) -> None:
    walk.answer("consent")
    said = text(walk.get("check-in"))
    assert "Consent said again today yes" in said
    assert "The nurse, 09:00" in said


def test_a_line_without_an_answer_is_named_and_the_others_are_kept(walk: Walk) -> None:
    answer = walk.answer("consent", sober="")
    assert answer.status_code == 422
    assert "Sober and clear in mind while saying so: expected an answer, or “not known”" in text(answer)
    assert 'name="consent.reaffirmed" value="yes" checked' in answer.content.decode()
    assert "consent" not in walk.state.checkin


def test_pounds_are_converted_before_the_eyes_and_saved_only_once_seen(walk: Walk) -> None:
    asked = walk.answer("weight", weight_g="154.3", weight_g__unit="lb")
    assert "154.3 lb × 0.45359237 kg/lb = 69.989 kg" in text(asked)
    assert "weight" not in walk.state.checkin
    seen = hidden(asked, "seen_g")
    form = {f"weight.{k}": v for k, v in ANSWERS["weight"].items()}
    form |= {"weight.weight_g": "154.3", "weight.weight_g.unit": "lb", "seen_g": seen}
    assert walk.post("check-in/answer/weight", form).status_code == 302
    assert walk.state.checkin["weight"].body.answers["weight_g"] == {"value": 154.3, "unit": "lb"}
    assert "69.989 kg today" in text(walk.get("check-in"))


def test_a_conversion_that_was_seen_does_not_count_for_another_number(walk: Walk) -> None:
    seen = hidden(walk.answer("weight", weight_g="154.3", weight_g__unit="lb"), "seen_g")
    form = {f"weight.{k}": v for k, v in ANSWERS["weight"].items()}
    form |= {"weight.weight_g": "156.3", "weight.weight_g.unit": "lb", "seen_g": seen}
    assert walk.post("check-in/answer/weight", form).status_code == 422
    assert "weight" not in walk.state.checkin


def test_the_unit_of_a_weight_is_never_guessed(walk: Walk) -> None:
    answer = walk.answer("weight", weight_g__unit="")
    assert "expected the unit on the scale: kg or lb" in text(answer)


def test_a_time_is_never_filled_in(walk: Walk) -> None:
    walk.answer("intake")
    page = walk.get("check-in").content.decode()
    assert 'name="intake.solids_at" value=""' in page


def test_a_time_that_has_not_come_is_questioned(walk: Walk) -> None:
    answer = walk.answer("intake", fluids_at="23:30")
    assert "expected a time that has passed; 23:30 today is still to come" in text(answer)


def test_a_time_is_typed_as_hours_and_minutes(walk: Walk) -> None:
    assert "expected a time as HH:MM" in text(walk.answer("intake", fluids_at="5.30"))
    walk.answer("intake")
    said = walk.state.checkin["intake"].body.answers
    assert said["solids_at"] == "2026-03-14T02:30:00.000000Z"  # 19:30 the day before, in Los Angeles


def test_the_escort_is_kept_in_the_record_and_not_in_the_log(walk: Walk) -> None:
    walk.answer("escort")
    walk.visit.refresh_from_db()
    assert (walk.visit.escort_name, walk.visit.escort_phone) == ("Sam Ode", "+1 555 0100")
    assert not SessionEvent.objects.filter(body__contains="Sam Ode").exists()
    assert "Sam Ode" in text(walk.get("check-in"))


def test_an_escort_needs_a_name_and_a_number(walk: Walk) -> None:
    form = {f"escort.{k}": v for k, v in ANSWERS["escort"].items()}
    answer = walk.post("check-in/answer/escort", form | {"escort_name": "Sam", "escort_phone": "call him"})
    assert "expected a telephone number" in text(answer)
    assert "escort" not in walk.state.checkin


def test_what_is_missing_is_listed_when_it_is_completed_too_early(walk: Walk) -> None:
    walk.answer("identity")
    answer = walk.post("check-in/complete", {})
    said = text(answer)
    assert answer.status_code == 422
    assert "Not answered yet: Consent said again today" in said
    assert "No baseline is fixed yet" in said


def test_a_second_press_of_the_same_form_is_one_event(walk: Walk) -> None:
    form = {f"consent.{k}": v for k, v in ANSWERS["consent"].items()}
    form["press"] = "0190a000-0000-7000-8000-000000000001"
    walk.post("check-in/answer/consent", form)
    walk.post("check-in/answer/consent", form)
    assert SessionEvent.objects.filter(kind="checkin.answered").count() == 1


# Baseline -------------------------------------------------------------------------------------------


def test_a_baseline_waits_for_its_sets(walk: Walk) -> None:
    walk.take_set()
    assert "This is the baseline" not in text(walk.get("check-in"))
    walk.take_set()
    walk.fix(0)
    assert walk.state.baseline is not None
    assert "the baseline" in text(walk.get("check-in"))


def test_a_number_that_can_hardly_be_true_is_asked_about_and_then_kept_with_its_reason(walk: Walk) -> None:
    asked = walk.take_set(spo2_percent="980")
    assert asked.status_code == 422
    assert "SpO₂ in room air 980:" in text(asked)
    assert 'value="124"' in asked.content.decode()
    assert not walk.state.observations
    walk.take_set(spo2_percent="980", anyway="yes")
    assert "spo2_percent" not in walk.state.observations[0].accepted()


def test_a_set_without_a_pressure_names_it(walk: Walk) -> None:
    assert "Systolic: expected a number in mmHg" in text(walk.take_set(sbp_mmhg="12o"))


def test_a_pressure_too_high_stops_until_a_lower_set_is_fixed(walk: Walk) -> None:
    walk.take_set(sbp_mmhg="166", dbp_mmhg="101")
    walk.take_set(sbp_mmhg="164", dbp_mmhg="99")
    walk.fix()
    said = text(walk.get("check-in"))
    assert "Blood pressure too high to start" in said
    assert "Treat, then check again" in said
    walk.take_set(sbp_mmhg="138", dbp_mmhg="84")
    walk.fix()
    assert "Blood pressure too high to start" not in text(walk.get("check-in"))


# Stops ----------------------------------------------------------------------------------------------


def test_nothing_is_said_to_stop_before_it_was_asked(walk: Walk) -> None:
    said = text(walk.get("check-in"))
    assert "What was not asked yet was not checked" in said


@pytest.fixture
def weighed_before(walk: Walk) -> Walk:
    """A visit of somebody who weighed 70 kg at the one before."""
    earlier, at = walk.visit, walk.clock.now()
    add_measure(earlier.patient, kind="weight_g", value=70_000, by=walk.six.nurse, at=at)
    visit = plan_visit(
        NewVisit(earlier.plan, earlier.chair, 2, at), clinic=walk.six.clinic, by=walk.six.nurse, at=at
    )
    return Walk(walk.six, visit, walk.clock)


def saved_once_seen(walk: Walk, kilograms: str) -> HttpResponse:
    asked = walk.answer("weight", weight_g=kilograms)
    form = {f"weight.{name}": value for name, value in ANSWERS["weight"].items()}
    seen = {"weight.weight_g": kilograms, "seen_g": hidden(asked, "seen_g")}
    walk.post("check-in/answer/weight", form | seen)
    return asked


def test_pounds_typed_as_kilograms_are_asked_about_at_once(weighed_before: Walk) -> None:
    asked = saved_once_seen(weighed_before, "154.3")
    assert "154.3 kg beside 70 kg last time looks like the wrong unit: was it read in pounds?" in text(asked)


def test_the_wrong_unit_is_a_stop_that_nobody_lifts(weighed_before: Walk) -> None:
    saved_once_seen(weighed_before, "154.3")
    page = weighed_before.get("check-in", "prescriber")
    assert "The weight looks like the wrong unit" in text(page)
    assert "Nobody lets this pass." in text(page)
    assert "stop/weight-unit" not in page.content.decode()


@pytest.mark.parametrize(("kilograms", "questioned"), [("77", False), ("77.1", True), ("62.9", True)])
def test_a_weight_more_than_a_tenth_from_the_last_is_questioned(
    weighed_before: Walk, kilograms: str, questioned: bool
) -> None:
    asked = weighed_before.answer("weight", weight_g=kilograms)
    assert ("from 70 kg last time. Is it right?" in text(asked)) is questioned


@pytest.fixture
def drank(walk: Walk) -> Walk:
    """A relative stop."""
    walk.answer("substances", benzodiazepine="yes")
    return walk


def test_a_prescriber_lets_a_relative_stop_pass_on_their_own_sign_in(drank: Walk) -> None:
    page = drank.get("check-in/stop/benzodiazepine", "prescriber")
    form = {"facts_digest": hidden(page, "facts_digest"), "reason": "took it last night, as every night"}
    assert drank.post("check-in/stop/benzodiazepine", form, "prescriber").status_code == 302
    said = text(drank.get("check-in"))
    assert "Let pass by The prescriber" in said and "took it last night" in said


def test_a_nurse_can_not_let_it_pass_but_the_prescriber_signs_on_her_tablet(drank: Walk) -> None:
    digest = hidden(drank.get("check-in/stop/benzodiazepine"), "facts_digest")
    form = {"facts_digest": digest, "reason": "usual dose"}
    alone = drank.post(
        "check-in/stop/benzodiazepine",
        form | {"prescriber_username": "nurse", "prescriber_password": PASSWORD},
    )
    assert "expected somebody who prescribes" in text(alone).lower()
    assert "usual dose" in alone.content.decode()
    drank.post(
        "check-in/stop/benzodiazepine",
        form | {"prescriber_username": "prescriber", "prescriber_password": PASSWORD},
    )
    (said,) = drank.state.overrides
    assert said.stamp.by == drank.six.prescriber.pk


def test_a_reason_is_always_given(drank: Walk) -> None:
    digest = hidden(drank.get("check-in/stop/benzodiazepine"), "facts_digest")
    answer = drank.post("check-in/stop/benzodiazepine", {"facts_digest": digest}, "prescriber")
    assert "Reason: expected the prescriber's reason in words" in answer.content.decode().replace(
        "&#x27;", "'"
    )


def test_an_absolute_stop_takes_two_people(walk: Walk) -> None:
    walk.answer("consent", sober="no")
    digest = hidden(walk.get("check-in/stop/consent"), "facts_digest")
    form = {
        "facts_digest": digest,
        "reason": "interpreter late, repeated with her",
        "prescriber_username": "prescriber",
        "prescriber_password": PASSWORD,
    }
    refused = walk.post("check-in/stop/consent", form | {"sign_password": "not hers"})
    assert refused.status_code == 422 and not walk.state.overrides
    walk.post("check-in/stop/consent", form | {"sign_password": PASSWORD})
    (said,) = walk.state.overrides
    assert (said.stamp.by, said.stamp.authorised_by) == (walk.six.prescriber.pk, walk.six.nurse.pk)


def test_a_prescriber_is_not_their_own_second_person(walk: Walk) -> None:
    walk.answer("consent", sober="no")
    form = {
        "facts_digest": hidden(walk.get("check-in/stop/consent", "prescriber"), "facts_digest"),
        "reason": "because",
        "second_username": "prescriber",
        "second_password": PASSWORD,
    }
    answer = walk.post("check-in/stop/consent", form, "prescriber")
    assert "One person can" in text(answer)
    assert not walk.state.overrides


def test_where_the_patient_must_be_seen_the_tick_is_asked_for(walk: Walk) -> None:
    walk.answer("mood", item9="1")
    page = walk.get("check-in/stop/item9", "prescriber")
    form = {"facts_digest": hidden(page, "facts_digest"), "reason": "talked, no plan, safe today"}
    assert "must see the patient first" in text(walk.post("check-in/stop/item9", form, "prescriber"))
    walk.post("check-in/stop/item9", form | {"patient_seen": "yes"}, "prescriber")
    assert len(walk.state.overrides) == 1


def test_item_nine_left_unanswered_can_be_decided_by_the_prescriber(walk: Walk) -> None:
    refused = walk.check_in(mood={"item9": "unknown"})
    assert "Item 9 is missing" in text(refused)
    page = walk.get("check-in/stop/item9", "prescriber")
    form = {"facts_digest": hidden(page, "facts_digest"), "reason": "asked in person", "patient_seen": "yes"}
    walk.post("check-in/stop/item9", form, "prescriber")
    walk.post("check-in/complete", {})
    assert walk.state.phase == "checked-in"


def test_an_override_does_not_outlive_its_facts(drank: Walk) -> None:
    page = drank.get("check-in/stop/benzodiazepine", "prescriber")
    form = {"facts_digest": hidden(page, "facts_digest"), "reason": "usual"}
    drank.answer("substances", benzodiazepine="unknown")
    assert "the facts have changed" in text(drank.post("check-in/stop/benzodiazepine", form, "prescriber"))


def test_a_patient_is_sent_home_with_a_reason(walk: Walk) -> None:
    assert "expected why the session ends" in text(walk.post("go-home", {"reason": " "}))
    walk.post("go-home", {"reason": "ate at noon"})
    assert walk.state.phase == "abandoned"
