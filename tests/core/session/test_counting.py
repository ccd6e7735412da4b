"""What a session counts and asks by itself: drug by rates, vials, sealed waste, the rate on the pump."""

from chairside.core.session import Rules, fold
from chairside.core.session.pump import delivered_ug, delivered_ul
from chairside.core.session.verdicts import rate_question
from tests.core.session.stories import CHECK, PUMP, SECOND, SYRINGE, Story, at, told_until, vitals

WASTE = {
    "substance": "ketamine",
    "container": "syringe 1",
    "account": "waste",
    "amount_ug": 1000,
    "how_known": "read on the syringe",
    "seal": "S-12",
}


def paused_for_two_minutes() -> Story:
    """20 minutes at 52.5 mL/h of 1 mg/mL, a pause of 2, and 10 minutes more."""
    story = told_until("paused")
    story.add(22, "pump.resumed", {"rate_ul_per_h": 52_500})
    story.add(32, "pump.stopped", {"reason": "asked"})
    return story


def test_nothing_is_counted_while_the_pump_stands(rules: Rules) -> None:
    state = fold(paused_for_two_minutes().events, rules)
    assert delivered_ug(state, at(20)) == delivered_ug(state, at(22)) == 17_500
    assert (delivered_ug(state, at(32)), delivered_ul(state, at(90))) == (26_250, 26_250)


def test_a_rate_that_runs_is_counted_to_the_moment_it_is_asked_for(rules: Rules) -> None:
    state = fold(told_until("infusing").events, rules)
    assert [delivered_ug(state, at(minute)) for minute in (-1, 0, 8)] == [0, 0, 7000]


def test_a_vial_drawn_from_twice_was_taken_from_stock_once(rules: Rules) -> None:
    story = told_until("prepared")
    story.add(-4, "preparation.begun", SYRINGE | {"number": 2, "reason": "other"})
    book = rules.books(fold(story.events, rules))[0]
    assert [(each.container, each.entered_ug) for each in book.vials] == [("V1", 500_000)]
    assert book.drawn_ug == 70_000


def test_a_check_that_disagreed_prepares_nothing(rules: Rules) -> None:
    story = told_until("checked-in")
    story.add(-18, "preparation.begun", SYRINGE)
    story.add(-16, "preparation.checked", CHECK | {"agrees": False, "differs_in": ["drawn_ul"]}, actor=SECOND)
    story.add(-15, "pump.programmed", PUMP)
    state = fold(story.events, rules)
    assert state.phase == "checked-in" and state.preparation is not None and not state.preparation.usable


def test_sealed_waste_waits_for_its_witness_and_witnessed_waste_does_not(rules: Rules) -> None:
    story = told_until("recovering")
    sealed = story.add(50, "drug.counted", WASTE)
    story.add(51, "drug.counted", WASTE | {"seal": "", "method": "poured out"}, authorised_by=SECOND)
    assert [each.stamp.event for each in rules.pending_waste(fold(story.events, rules))] == [sealed.id]
    story.add(60, "waste.witnessed", {"counted": sealed.id, "method": "poured out"}, authorised_by=SECOND)
    assert rules.pending_waste(fold(story.events, rules)) == ()


def test_after_a_hold_alarm_the_rate_is_asked_for_until_somebody_says_it(rules: Rules) -> None:
    story = told_until("infusing")
    story.add(8, "observation.recorded", vitals(sbp_mmhg=186.0))
    asked = rate_question(fold(story.events, rules), at(30))
    assert asked is not None and asked.started_at == at(8)
    story.add(31, "pump.read", {"rate_ul_per_h": 52_500})
    assert rate_question(fold(story.events, rules), at(31)) is None


def test_a_device_whose_clock_runs_ahead_takes_its_place_by_the_clinics_clock(rules: Rules) -> None:
    story = told_until("infusing")
    story.add(6, "act.recorded", {"act": "nausea", "score": 2}, clock_offset_ms=120_000)
    story.add(5, "act.recorded", {"act": "nausea", "score": 1})
    acts = fold(story.events, rules).acts
    assert [(each.body.score, each.stamp.at) for each in acts] == [(2, at(4)), (1, at(5))]
