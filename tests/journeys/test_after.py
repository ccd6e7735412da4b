"""After the infusion, by hand: ready and not any more, who goes home how, the count, the closed record."""

import pytest
from playwright.sync_api import Page, expect

from chairside.charts.verification import verify_session
from chairside.interop.flowsheet import read_flowsheet
from tests.charts.endings import Told, told
from tests.core.session.stories import CHECK
from tests.journeys import hands, leaving
from tests.journeys.day import afternoon_at, begun


@pytest.fixture
def story(six) -> Told:
    """A session of today: its infusion ended three quarters of an hour ago."""
    return told(afternoon_at(six, 87))


def at_page(new_tablet, story: Told, name: str, who: str = "nurse") -> Page:
    """A page of the session on a tablet of somebody's."""
    return hands.open_page(hands.sign_in(new_tablet(), who), story.afternoon.visit, name)


def closed_by_three(nurse: Page, prescriber: Page, story: Told) -> None:
    """Nurse and prescriber sign what their pages show, each on their own tablet; the nurse closes."""
    leaving.sign_record(nurse)
    leaving.sign_record(hands.open_page(prescriber, story.afternoon.visit, "closing"))
    hands.open_page(nurse, story.afternoon.visit, "closing")
    expect(nurse.get_by_role("heading", name="The record can be closed")).to_be_visible()
    leaving.close(nurse)
    expect(nurse.get_by_role("heading", name="The record is closed")).to_be_visible()
    assert story.folded.state.phase == "closed"


def verified(page: Page, story: Told) -> None:
    """The record holds, and so does the flowsheet that the page shows of it."""
    hands.open_page(page, story.afternoon.visit, "flowsheet")
    printed = read_flowsheet(page.content())
    assert verify_session(story.session, story.clinic, printed=printed).findings == ()


# Ready, and not any more -----------------------------------------------------------------------------


def test_a_criterion_lost_after_ready_sends_back_to_recovering_until_the_prescriber_makes_an_exception(
    story, six, new_tablet
):
    story.recovered()
    page = at_page(new_tablet, story, "recovery")
    expect(page.get_by_role("heading", name="Ready to leave")).to_be_visible()
    hands.take_set(page, sbp_mmhg="168", dbp_mmhg="96")
    leaving.stands(page, "blood-pressure", "not met")
    expect(page.locator("header.patient")).to_contain_text("recovering")
    assert story.folded.state.phase == "recovering"

    leaving.leave(page, "home with escort", escort=True)
    hands.refusal(page, "Release belongs to a session that is ready; this one is recovering")
    expect(page.get_by_role("checkbox", name="I have seen the escort in person")).to_be_checked()
    expect(page.get_by_role("radio", name="Home with escort")).to_be_checked()
    leaving.declare_ready(page)
    hands.refusal(page, "systolic pressure")
    leaving.excuse(page, "blood-pressure", reason="")
    hands.refusal(page, "reason: expected the prescriber's reason in words")
    leaving.excuse(page, "blood-pressure", reason="known hypertension, no symptoms", second="manager")
    hands.refusal(page, "expected somebody who prescribes")
    why = "known hypertension, no symptoms, own doctor this afternoon"
    for name in ("blood-pressure", "stable"):
        leaving.excuse(page, name, reason=why)
        leaving.stands(page, name, "excused")
        expect(leaving.criterion(page, name)).to_contain_text("Exception by The prescriber")
    leaving.declare_ready(page)
    expect(page.locator("header.patient")).to_contain_text("ready")
    leaving.leave(page, "home with escort", escort=True)
    expect(page.get_by_role("heading", name="Left: home with escort")).to_be_visible()
    state = story.folded.state
    assert [each.phase for each in state.history][-4:] == ["ready", "recovering", "ready", "released"]
    assert sorted(state.excused) == ["blood-pressure", "stable"]
    assert {(said.stamp.by, said.body.reason) for said in state.excused.values()} == {
        (six.prescriber.pk, why)
    }


def test_home_without_an_escort_is_the_prescribers_decision_in_place(story, six, new_tablet):
    story.recovered(but=("escort",))
    page = at_page(new_tablet, story, "recovery")
    leaving.see_criterion(page, "escort", {"present": "no"})
    leaving.stands(page, "escort", "not met")
    leaving.declare_ready(page)
    hands.refusal(page, "escort present")
    leaving.excuse(page, "escort", reason="lives across the street, walked home by a nurse")
    leaving.declare_ready(page)
    assert story.folded.state.phase == "ready"

    leaving.leave(page, "home with escort")
    hands.refusal(page, "expected who takes the patient home, seen in person")
    for nobody in ("nurse", "manager"):
        leaving.leave(page, "home without escort", prescriber=nobody)
        hands.refusal(page, "expected somebody who prescribes")
    assert story.folded.state.phase == "ready"
    leaving.leave(page, "home without escort", prescriber="prescriber")
    expect(page.get_by_role("heading", name="Left: home without escort")).to_be_visible()
    release = story.folded.state.release
    assert (release.body.disposition, release.body.escort) == ("home without escort", "")
    assert (release.stamp.by, release.stamp.authorised_by) == (six.nurse.pk, six.prescriber.pk)


# The count -------------------------------------------------------------------------------------------


def test_waste_without_a_witness_waits_under_its_seal_and_closes_when_another_person_has_seen_it(
    story, six, new_tablet
):
    story.recovered()
    nurse = at_page(new_tablet, story, "recovery")
    leaving.leave(nurse, "home with escort", escort=True)
    hands.send(nurse.get_by_role("link", name="To drug books and signatures"))
    leaving.count_syringe(nurse, given="34.9 mL", waste_too=False)
    place = leaving.count(nurse, "syringe 1", "waste", "0.1 mL")
    leaving.state(place)
    hands.refusal(nurse, "expected a witness who signs here, or the number of the seal")
    leaving.waste(nurse, "syringe 1", "0.1 mL", by="nurse")
    hands.refusal(nurse, "one person can't be both")
    expect(place.locator("input.amount")).to_have_value("0.1")
    hands.write(place.locator('input[name="second_username"]'), "")
    leaving.seal(place, "S-17")
    leaving.state(place)
    expect(place).to_contain_text("sealed, seal S-17, waits for its witness")
    leaving.waste(nurse, "V1", "465 mg", sealed="S-18")

    prescriber = at_page(new_tablet, story, "closing", "prescriber")
    leaving.sign_record(hands.open_page(nurse, story.afternoon.visit, "closing"))
    leaving.sign_record(hands.open_page(prescriber, story.afternoon.visit, "closing"))
    hands.open_page(nurse, story.afternoon.visit, "closing")
    expect(nurse.locator("#close")).to_contain_text("Sealed waste still waits for its witness")
    leaving.close(nurse)
    hands.refusal(nurse, "Sealed waste still waits for its witness")
    assert story.folded.state.phase == "released"

    expect(nurse.locator("#pending")).to_contain_text("Ketamine, V1: 465 mg, seal S-18")
    for number in (2, 1):
        form = nurse.locator("#pending form").first
        hands.write(form.locator('input[name="method"]'), leaving.POURED)
        if number == 2:  # who sealed it can't be who saw it opened
            hands.sign_in_place(form, "nurse")
            hands.send(form.get_by_role("button", name="Opened and destroyed before me"))
            hands.refusal(nurse, "one person can't be both")
            hands.write(form.locator('input[name="method"]'), leaving.POURED)
        hands.sign_in_place(form, "prescriber")
        hands.send(form.get_by_role("button", name="Opened and destroyed before me"))
        expect(nurse.locator("#pending form")).to_have_count(number - 1)
    leaving.close(nurse)
    hands.refusal(nurse, "something was entered after the nurse signed; the nurse signs again")
    expect(nurse.get_by_text("The nurse has not signed the record as it stands.", exact=True)).to_have_count(
        1
    )
    closed_by_three(nurse, prescriber, story)
    state = story.folded.state
    seen = [each for each in state.drugs if type(each.body).__name__ == "WasteWitnessed"]
    assert [each.stamp.authorised_by for each in seen] == [six.prescriber.pk] * 2
    verified(nurse, story)


def test_a_difference_above_the_tolerance_is_a_case_that_asks_for_its_explanation(story, new_tablet):
    story.recovered().released()
    nurse = at_page(new_tablet, story, "closing")
    prescriber = at_page(new_tablet, story, "closing", "prescriber")
    leaving.count_syringe(nurse, given="30 mL")
    leaving.waste(nurse, "V1", "465 mg")
    expect(leaving.outcome(nurse)).to_contain_text("case")
    expect(nurse.locator("#book-ketamine .sums .diff")).to_contain_text("4.9 mg")
    expect(nurse.locator("#book-ketamine")).to_contain_text("± 1.75 mg")
    leaving.close(nurse)
    hands.refusal(nurse, "needs its explanation")

    hands.send(nurse.get_by_role("button", name="Write the explanation"))
    hands.refusal(nurse, "expected how it is to be read, in words")
    hands.write(nurse.locator("#explain-ketamine"), "the extension line was dropped with drug in it")
    hands.send(nurse.get_by_role("button", name="Write the explanation"))
    expect(nurse.locator("#book-ketamine")).to_contain_text("Explained: the extension line was dropped")
    expect(leaving.outcome(nurse)).to_contain_text("case")  # it stays one, and is explained
    closed_by_three(nurse, prescriber, story)
    verified(nurse, story)
    expect(nurse.locator("article.flowsheet")).to_contain_text("the extension line was dropped")


def test_a_difference_within_the_tolerance_closes_and_is_shown(story, new_tablet):
    story.recovered().released()
    nurse = at_page(new_tablet, story, "closing")
    prescriber = at_page(new_tablet, story, "closing", "prescriber")
    leaving.close(nurse)
    hands.refusal(nurse, "nobody stated given of syringe 1")
    leaving.count_syringe(nurse, given="33.4 mL")
    expect(leaving.outcome(nurse)).to_contain_text("open")
    leaving.waste(nurse, "V1", "465 mg")
    expect(leaving.outcome(nurse)).not_to_contain_text("case")
    expect(nurse.locator("#book-ketamine .sums .diff")).to_contain_text("1.5 mg")
    closed_by_three(nurse, prescriber, story)
    (book,) = story.folded.rules.books(story.folded.state)
    assert (book.drawn_ug, book.given_ug, book.waste_ug, book.difference_ug) == (35_000, 33_400, 100, 1_500)
    verified(nurse, story)
    expect(nurse.locator("article.flowsheet")).to_contain_text("1.5 mg")


# Closed ----------------------------------------------------------------------------------------------


def test_a_closed_record_takes_addenda_and_nothing_else(story, six, new_tablet):
    story.recovered().released().counted().signed()
    page = at_page(new_tablet, story, "closing")
    stale = at_page(new_tablet, story, "closing", "prescriber")  # drawn before the close, pressed after it
    leaving.close(page)
    closed = story.folded
    assert closed.state.phase == "closed"
    expect(page.locator("main form")).to_have_count(1)
    hands.send(page.get_by_role("button", name="Add", exact=True))
    hands.refusal(page, "expected what is added")
    words = "called at 18:00: slept well, no headache"
    hands.write(page.locator("#addendum"), words)
    hands.send(page.get_by_role("button", name="Add", exact=True))
    expect(page.locator("#addenda")).to_contain_text(words)
    expect(page.locator("#addenda")).to_contain_text("The nurse")
    expect(page.locator("#sign")).to_contain_text("Nurse: The nurse")
    expect(page.locator("#sign")).not_to_contain_text("sign again")  # what is added later unsigns nothing
    verified(page, story)
    expect(page.locator("article.flowsheet")).to_contain_text(words)
    for name in ("recovery", "check-in", "order", "preparation", "time-out", "live"):
        hands.open_page(page, story.afternoon.visit, name)
        expect(page.locator("main form:visible, main button:visible")).to_have_count(0)

    place = leaving.account(stale, "syringe 1", "line")
    hands.tap(place.locator("summary"))
    hands.write(place.locator('input[name="reason"]'), "was flush")
    hands.send(place.get_by_role("button", name="Strike out"))
    hands.refusal(stale, "the record is closed; only addenda are added")
    expect(stale.locator("main form")).to_have_count(1)
    after = story.folded
    assert [each.body.text for each in after.state.addenda] == [words]
    assert after.rules.books(after.state) == closed.rules.books(closed.state)
    assert after.state.closed.body == closed.state.closed.body
    assert after.length == closed.length + 1


# Sent home before the start ----------------------------------------------------------------------------


def test_drug_drawn_for_somebody_sent_home_is_counted_signed_and_closed(six, new_tablet):
    day = begun(six)
    day.do(-17.5, "preparation.checked", CHECK, who="prescriber")
    day.do(-17.2, "session.abandoned", {"reason": "vomited on the way to the chair"})
    story = Told(day)
    nurse = at_page(new_tablet, story, "closing")
    prescriber = at_page(new_tablet, story, "closing", "prescriber")
    expect(nurse.locator("main")).to_contain_text("Sent home before the start")
    for name in ("given", "line", "returned"):
        leaving.state(leaving.count(nurse, "syringe 1", name, "0 mL"))
    leaving.waste(nurse, "syringe 1", "35 mL")
    expect(leaving.account(nurse, "syringe 1", "waste")).to_contain_text("35 mL × 1 mg/mL = 35 mg")
    leaving.close(nurse)
    hands.refusal(nurse, "V1")
    leaving.waste(nurse, "V1", "465 mg")
    closed_by_three(nurse, prescriber, story)
    (book,) = story.folded.rules.books(story.folded.state)
    assert (book.drawn_ug, book.given_ug, book.waste_ug, book.difference_ug) == (35_000, 0, 35_000, 0)
    verified(nurse, story)
    expect(nurse.locator("article.flowsheet")).to_contain_text("vomited on the way to the chair")
