"""Before the start, by hand: what stops, who lets it pass, two people over one syringe, and going home."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.core.session.stories import CHECK, PUMP
from tests.journeys import hands
from tests.journeys.day import afternoon_at, answered, begun, ordered, weighed_before

# Check-in ------------------------------------------------------------------------------------------


def test_eaten_is_let_pass_in_place_with_a_reason_and_the_check_in_goes_on(six, new_tablet, taps):
    day = afternoon_at(six, -20)
    answered(day, but=("intake",))
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "check-in")
    ate, drank = hands.hours_ago(day.visit, 3), hands.hours_ago(day.visit, 4)
    intake = {"solids_at": ate["clock"], "solids_at.day": ate["day"]}
    intake |= {"fluids_at": drank["clock"], "fluids_at.day": drank["day"]}
    with taps.at_most(5, page, "two clock times with their days, saved"):
        hands.answer(page, "intake", intake)
    expect(hands.stop(page, "solids")).to_contain_text("Ate too recently")
    hands.complete_check_in(page)
    hands.refusal(page, "Not complete yet: 1 thing")
    assert hands.log(day.visit).state.phase == "planned"

    hands.send(hands.button(hands.stop(page, "solids"), "Prescriber signs here"))
    hands.sign_in_place(page, "prescriber", prefix="prescriber")
    hands.send(page.get_by_role("button", name="Let it pass"))
    hands.refusal(page, "Reason: expected the prescriber's reason in words")
    hands.write(page.locator("#reason"), "dry toast three hours ago, no nausea")
    hands.sign_in_place(page, "prescriber", prefix="prescriber")
    hands.send(page.get_by_role("button", name="Let it pass"))
    expect(hands.stop(page, "solids")).to_contain_text("Let pass by The prescriber")
    expect(hands.stop(page, "solids")).to_contain_text("dry toast three hours ago, no nausea")

    hands.complete_check_in(page)
    state = hands.log(day.visit).state
    assert state.phase == "checked-in"
    (said,) = state.overrides
    assert (said.stamp.by, said.body.rule) == (six.prescriber.pk, "solids")


def test_a_pressure_too_high_at_baseline_starts_once_a_repeat_is_fine(six, new_tablet, taps):
    day = afternoon_at(six, -20)
    answered(day, measured={"sbp_mmhg": 172.0, "dbp_mmhg": 104.0})
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "check-in")
    high = page.locator("#stops").get_by_text("Blood pressure too high to start")
    expect(high).to_be_visible()
    hands.complete_check_in(page)
    hands.refusal(page, "Not complete yet")
    assert hands.log(day.visit).state.phase == "planned"

    hands.take_set(page, sbp_mmhg="138", dbp_mmhg="84")
    expect(high).to_be_visible()  # a set that was only taken is not the baseline
    with taps.at_most(1, page, "fix the baseline"):
        hands.fix_baseline(page, 3)
    expect(high).to_have_count(0)
    with taps.at_most(1, page, "complete the check-in"):
        hands.complete_check_in(page)
    folded = hands.log(day.visit)
    assert folded.state.phase == "checked-in"
    taken = folded.rules.baseline_sets(folded.state)
    assert [each.accepted()["sbp_mmhg"] for each in taken] == [172.0, 172.0, 138.0]
    assert folded.state.baseline.body.observation == taken[-1].stamp.event
    assert not folded.state.overrides


def test_pounds_typed_as_kilograms_are_questioned_and_put_right_before_the_eyes(six, new_tablet):
    day = weighed_before(afternoon_at(six, -20), 70_000)
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "check-in")
    card = hands.answer(page, "weight", {"weight_g": "154", "weight_g.unit": "kg", "measured_today": "yes"})
    hands.refusal(page, "154 kg beside 70 kg last time looks like the wrong unit")
    assert "weight" not in hands.log(day.visit).state.checkin

    conversion = card.locator("output.conversion")
    expect(conversion).to_be_empty()
    hands.pick(card, "weight.weight_g.unit", "lb")
    expect(conversion).to_have_text("154 lb × 0.45359237 kg/lb = 69.853 kg")
    hands.send(card.get_by_role("button", name="It is right: save it"))
    hands.refusal(page, "154 lb × 0.45359237 kg/lb = 69.853 kg")  # pounds are always looked at once
    assert "weight" not in hands.log(day.visit).state.checkin
    hands.send(card.get_by_role("button", name="It is right: save it"))

    expect(page.locator("header.patient")).to_contain_text("69.853 kg today")
    expect(page.locator("#stops")).not_to_contain_text("wrong unit")
    said = [each for each in hands.log(day.visit).events if each.kind == "checkin.answered"]
    assert [each.payload["answers"]["weight_g"] for each in said] == [{"value": 154.0, "unit": "lb"}]


def test_thoughts_of_death_bring_the_prescriber_to_the_patient_first(six, new_tablet):
    day = afternoon_at(six, -20)
    answered(day, but=("mood",))
    nurse = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "check-in")
    hands.answer(nurse, "mood", {"item9": "1", "plan": "no", "intent": "no", "behaviour": "no"})
    expect(hands.stop(nurse, "item9")).to_contain_text("Thoughts of death or self-harm")
    hands.complete_check_in(nurse)
    hands.refusal(nurse, "Not complete yet")

    prescriber = hands.open_page(hands.sign_in(new_tablet(), "prescriber"), day.visit, "check-in")
    hands.send(hands.button(hands.stop(prescriber, "item9"), "Let it pass"))
    hands.write(prescriber.locator("#reason"), "passing thought, no plan, safe to go on today")
    hands.send(prescriber.get_by_role("button", name="Let it pass"))
    hands.refusal(prescriber, "must see the patient first")
    assert not hands.log(day.visit).state.overrides
    expect(prescriber.locator("#reason")).to_have_value("passing thought, no plan, safe to go on today")
    hands.tap(prescriber.get_by_text("The prescriber has seen the patient today"))
    hands.send(prescriber.get_by_role("button", name="Let it pass"))
    expect(hands.stop(prescriber, "item9")).to_contain_text("patient seen")

    hands.complete_check_in(nurse)
    state = hands.log(day.visit).state
    assert state.phase == "checked-in"
    (said,) = state.overrides
    assert (said.stamp.by, said.body.patient_seen) == (six.prescriber.pk, True)


# Two people over one syringe -------------------------------------------------------------------------

# What the first person's arithmetic came to; the order's own terms (0.5 mg/kg, 70.2 kg, 40 min) are not it.
RECKONED = ("35.1", "0.7", "0.70", "34.3", "35", "35.0", "52.5", "35100", "700", "34300", "35000", "52500")


def reckoned_numbers_in(page: Page) -> set[str]:
    """The numbers of the arithmetic that stand anywhere in the page's source; ids of forms left out."""
    ids = r'name="(?:press|csrfmiddlewaretoken)" value="[^"]*"|hx-headers=\'[^\']*\'|hx-headers="[^"]*"'
    source = re.sub(ids + r"|data-server-now=\"[^\"]*\"|[0-9a-f]{8}-[0-9a-f-]{27}", "", page.content())
    return set(re.findall(r"(?<![\w.:])\d+(?:\.\d+)?(?![\w:]|\.\d)", source)) & set(RECKONED)


def test_the_second_person_is_blind_and_after_disagreement_both_begin_again(six, new_tablet):
    day = ordered(six)
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "preparation")
    hands.begin_preparation(page)
    expect(page.locator("main")).to_contain_text("52.5 mL/h")
    assert {"52.5", "34.3", "35"} <= reckoned_numbers_in(page)  # what is looked for can be found
    hands.hand_over(page)
    assert reckoned_numbers_in(page) == set()

    hands.check_blind(page, rate="51.0", drawn="0.72")
    expect(page.get_by_role("alert")).to_contain_text("in: volume drawn, rate")
    assert reckoned_numbers_in(page) == set()
    assert "51" not in page.locator("main").inner_text()
    hands.send(hands.button(page, "Both begin again"))
    expect(page.get_by_text("Both begin again, from the vial: this is preparation 2")).to_be_visible()
    hands.begin_preparation(page, vial="V-18")
    hands.hand_over(page)
    assert reckoned_numbers_in(page) == set()
    hands.check_blind(page)
    expect(page.get_by_text("two people agree")).to_be_visible()

    first, second = hands.log(day.visit).state.preparations
    assert (first.usable, first.checks[0].body.agrees) == (False, False)
    assert set(first.checks[0].body.differs_in) == {"drawn_ul", "rate_ul_per_h"}
    assert (second.body.reason, second.checked.stamp.by) == ("check disagreed", six.prescriber.pk)


def test_a_second_person_on_a_tablet_of_their_own_is_never_led_past_a_number(six, new_tablet):
    day = begun(six)
    page = hands.sign_in(new_tablet(), "prescriber")
    for name in ("", "preparation", "preparation/second-check"):
        hands.open_page(page, day.visit, name)
        expect(page.get_by_role("heading", name="check preparation 1")).to_be_visible()
        assert reckoned_numbers_in(page) == set()
    for name in ("live", "order", "time-out"):  # what the steps at the top lead to shows the order, no more
        hands.open_page(page, day.visit, name)
        assert reckoned_numbers_in(page) <= {"35.1", "35100"}
    hands.open_page(page, day.visit)
    for name, value in hands.FOUND.items():
        hands.write(page.locator(f"#{name}"), value)
    hands.sign(page)
    hands.send(page.get_by_role("button", name="This is what I find"))
    expect(page.get_by_text("two people agree")).to_be_visible()
    assert hands.log(day.visit).state.preparation.checked.stamp.by == six.prescriber.pk


def test_a_second_vial_of_another_strength_is_seen_by_the_second_person(six, new_tablet):
    day = begun(six)
    day.do(-17.5, "preparation.checked", CHECK, who="prescriber")
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "preparation")
    hands.begin_preparation(page, vial="V-18", reason="vial dropped")  # taken for the same strength again
    hands.hand_over(page)
    hands.check_blind(page, strength="100", drawn="0.35")
    hands.refusal(page, "in: vial strength, volume drawn")
    hands.refusal(page, "looks like another vial strength")
    assert reckoned_numbers_in(page) == set()

    hands.send(hands.button(page, "Both begin again"))
    hands.begin_preparation(page, vial="V-18", strength="100 mg/mL")
    expect(page.locator("main")).to_contain_text("0.35 mL")
    hands.hand_over(page)
    hands.check_blind(page, strength="100", drawn="0.35")
    expect(page.get_by_text("two people agree")).to_be_visible()
    state = hands.log(day.visit).state
    assert [each.body.reason for each in state.preparations] == ["first", "vial dropped", "check disagreed"]
    assert [each.usable for each in state.preparations] == [False, False, False]
    assert state.preparation.body.vials[0].strength_ug_per_ml == 100_000


@pytest.mark.parametrize("slip", [{"drawn": "7"}, {"rate": "5.25"}, {"concentration": "10"}])
def test_a_moved_point_is_a_stop_that_nobody_lifts(six, new_tablet, slip):
    day = begun(six)
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "preparation/second-check")
    hands.check_blind(page, **slip)
    hands.refusal(page, "about ten times too high or too low")
    hands.refusal(page, "Nobody lets this pass")
    expect(hands.button(page, "Let it pass")).to_have_count(0)
    assert reckoned_numbers_in(page) == set()
    state = hands.log(day.visit).state
    assert state.phase == "checked-in" and not state.preparation.usable


def test_the_wrong_second_person_leaves_the_check_to_be_done(six, new_tablet):
    day = begun(six)
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit, "preparation/second-check")
    tries = {
        "One person can't be both": ("nurse", hands.PASSWORD),
        "that name and password do not match": ("prescriber", "not the prescriber's"),
        "Second person: that name and password do not match": ("stranger", hands.PASSWORD),
        "expected a nurse or a prescriber": ("manager", hands.PASSWORD),
    }
    for sentence, (name, password) in tries.items():
        hands.check_blind(page, second=name, password=password)
        hands.refusal(page, sentence)
        expect(page.locator("#drawn")).to_have_value("0.70")
        expect(page.locator("#second_password")).to_have_value("")
    assert not hands.log(day.visit).state.preparation.checks
    hands.check_blind(page)
    assert hands.log(day.visit).state.preparation.checked.stamp.by == six.prescriber.pk


# Pump, time-out, home --------------------------------------------------------------------------------


def test_a_slip_on_the_pump_is_named_and_the_right_settings_make_it_ready(six, new_tablet):
    day = begun(six)
    day.do(-17.5, "preparation.checked", CHECK, who="prescriber")
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit)
    hands.set_pump(page, rate="525")
    hands.refusal(page, "agree in: rate")
    expect(page.locator("#volume")).to_have_value("35")
    hands.set_pump(page, concentration="10")
    hands.refusal(page, "agree in: final concentration")
    assert hands.log(day.visit).state.phase == "checked-in"
    hands.set_pump(page)
    expect(page.get_by_text("Preparation 1 is ready")).to_be_visible()
    state = hands.log(day.visit).state
    assert state.phase == "prepared" and state.preparation.programmed_as_ordered


def test_the_time_out_is_done_line_by_line_and_leads_to_the_start(six, new_tablet):
    day = begun(six)
    day.do(-17.4, "preparation.checked", CHECK, who="prescriber")
    day.do(-17.2, "pump.programmed", PUMP)
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit)
    expect(page.locator("form.timeout input:checked")).to_have_count(0)
    hands.say_time_out(page, but=("defibrillator.ready",))
    hands.finish_time_out(page)
    hands.refusal(page, "1 line is open")
    assert hands.log(day.visit).state.timeout is None
    hands.pick(page.locator("form.timeout"), "defibrillator.ready", "no")
    hands.finish_time_out(page)
    assert hands.log(day.visit).state.timeout is None
    hands.pick(page.locator("form.timeout"), "defibrillator.ready", "yes")
    hands.finish_time_out(page)
    expect(page.get_by_text("The time-out is done: The nurse")).to_be_visible()
    state = hands.log(day.visit).state
    assert (state.phase, state.timeout.stamp.by) == ("prepared", six.nurse.pk)
    hands.send(hands.button(page, "To the live page, and the start"))
    assert page.url.endswith("/live")


def test_sent_home_before_the_start_the_drug_that_was_drawn_stays_in_the_book(six, new_tablet):
    day = begun(six)
    day.do(-17.5, "preparation.checked", CHECK, who="prescriber")
    page = hands.open_page(hands.sign_in(new_tablet(), "nurse"), day.visit)
    hands.tap(page.get_by_text("Send home before the start"))
    hands.send(page.get_by_role("button", name="Send home", exact=True))
    hands.refusal(page, "Reason: expected why the session ends before the start")
    hands.write(page.locator("#reason"), "vomited on the way to the chair")
    hands.send(page.get_by_role("button", name="Send home", exact=True))
    folded = hands.log(day.visit)
    assert folded.state.phase == "abandoned"
    (book,) = folded.rules.books(folded.state)
    assert (book.drawn_ug, book.waste_ug, book.outcome) == (35_000, None, "open")
    assert folded.rules.open_books(folded.state)
    expect(page).to_have_url(re.compile(r"/closing$"))
    expect(page.locator("main")).to_contain_text("35 mg")
    hands.send(page.get_by_role("button", name="Close the record"))
    for reason in folded.rules.open_books(folded.state):
        expect(page.locator("#close")).to_contain_text(reason, ignore_case=True)
    assert hands.log(day.visit).state.phase == "abandoned"
