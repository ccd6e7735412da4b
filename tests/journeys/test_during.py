"""While it runs, by hand: what is seen, told and mended on the live page."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from chairside.core.session.pump import delivered_ug, runs
from chairside.core.session.verdicts import rate_question
from tests.journeys import hands
from tests.journeys.day import acts, infusing, monitored, since_start, standing


def given_mg(page: Page) -> float:
    """Drug given so far, as the page says it."""
    return float(page.locator(".v-given .value").inner_text().removesuffix(" mg"))


# Hold, resume, stop -----------------------------------------------------------------------------------


def test_a_pressure_that_asks_for_a_hold_is_paused_rechecked_and_resumed_by_the_prescriber(six, new_tablet):
    day = infusing(six, 12)
    monitor = monitored(day, 12)
    page = hands.at_the_chair(new_tablet, day.visit)
    expect(page.locator(".live-bar .alarm")).to_have_count(0)

    monitor.says(sbp_mmhg=186.0, dbp_mmhg=104.0)
    hold = hands.alarm(page, "sbp-hold")
    expect(hold).to_contain_text("Systolic pressure 186 mmHg is above 180 mmHg: hold the infusion")
    expect(hold.locator(".word")).to_have_text("high")
    expect(page.locator(".v-bp .value")).to_have_text("186/104")
    question = hands.rate_question(page)
    expect(question).to_contain_text("counted on at 52.5 mL/h")
    before = given_mg(page)
    hands.tap(hold.get_by_role("button", name="Seen, staying"))
    expect(hold).to_contain_text("seen by The nurse")
    expect(question).to_be_visible()  # who has seen it has not said what the pump does
    expect(page.locator(".v-given .value")).not_to_have_text(f"{before} mg", timeout=25_000)
    assert given_mg(page) > before
    assert rate_question(hands.log(day.visit).state, datetime.now(UTC)) is not None

    hands.tap(question.get_by_role("button", name="I paused it"))
    expect(question).to_have_count(0)
    state = hands.log(day.visit).state
    assert (state.phase, state.pump[-1].reason) == ("paused", "an alarm")
    monitor.says(sbp_mmhg=138.0, dbp_mmhg=84.0)
    expect(hold).to_have_count(0)

    form = hands.rate(page, "Resumed it", "resumed", "30")
    hands.tap(form.get_by_role("button", name="Resumed at this rate"))
    expect(form).to_contain_text("it was held by an alarm; resuming needs the prescriber's order")
    expect(form.locator("#rate-resumed")).to_have_value("30")
    assert hands.log(day.visit).state.phase == "paused"
    hands.tap(form.get_by_text("The prescriber signs here"))
    for password in ("not the prescriber's", hands.PASSWORD):
        hands.write(form.locator("#resumed-username"), "prescriber")
        hands.write(form.locator("#resumed-password"), password)
        hands.tap(form.get_by_role("button", name="Resumed at this rate"))
        if password != hands.PASSWORD:
            expect(form).to_contain_text("that name and password do not match")
    expect(form).to_be_hidden()
    expect(page.locator(".clock-here")).to_contain_text("Infusing · 30 mL/h")
    state = hands.log(day.visit).state
    assert (state.phase, state.rate_ul_per_h) == ("infusing", 30_000)
    assert state.pump[-1].stamp.authorised_by == six.prescriber.pk
    assert [each.rate_ul_per_h for each in runs(state)] == [52_500, 30_000]


def test_a_vein_lost_at_half_dose_runs_on_from_the_same_syringe_after_a_blind_check(six, new_tablet):
    day = infusing(six, 20)
    page = hands.at_the_chair(new_tablet, day.visit)
    sheet = hands.open_sheet(page, "Vein", "vein")
    hands.tap(sheet.get_by_role("button", name="Vein lost"))
    expect(page.locator(".clock-here")).to_contain_text("Paused")
    sheet = hands.open_sheet(page, "Vein", "vein")
    hands.write(sheet.locator("#new-site"), "left hand")
    hands.tap(sheet.get_by_role("button", name="New vein sited"))
    expect(sheet).to_be_hidden()
    form = hands.rate(page, "Resumed it", "resumed", "52.5")
    hands.tap(form.get_by_role("button", name="Resumed at this rate"))
    expect(form).to_contain_text("a new numbered preparation is checked before it resumes")
    page.keyboard.press("Escape")

    hands.send(hands.open_sheet(page, "Vein", "vein").get_by_role("link", name="To the preparation"))
    hands.tap(page.get_by_text("Something changed"))
    hands.send(page.get_by_role("button", name="Run on from this syringe"))
    hands.hand_over(page)
    hands.check_blind(page)
    expect(page.get_by_text("two people agree")).to_be_visible()
    left = hands.log(day.visit).state.preparations[1].body
    assert (left.number, left.reason, left.continues, left.vials) == (2, "new vein", 1, ())
    assert abs(left.volume_ul - 17_500) < 400
    hands.set_pump(page, volume=f"{left.volume_ul / 1000:g}")
    expect(page.get_by_text("Preparation 2 is ready")).to_be_visible()
    hands.send(page.get_by_role("link", name="To the live page, to resume"))
    form = hands.rate(page, "Resumed it", "resumed", "52.5")
    hands.tap(form.get_by_role("button", name="Resumed at this rate"))
    expect(page.locator(".clock-here")).to_contain_text("Infusing · 52.5 mL/h")
    folded = hands.log(day.visit)
    state = folded.state
    first, second = runs(state)
    assert first.ends_at is not None and second.ends_at is None
    assert [each.preparation for each in state.pump if each.rate_ul_per_h] == [1, 2]
    later = second.starts_at + timedelta(minutes=10)
    ran_s = (first.ends_at - first.starts_at).total_seconds() + 600
    assert abs(delivered_ug(state, later) - ran_s * 52_500 / 3600) <= 1
    (book,) = folded.rules.books(state)
    assert book.drawn_ug == 35_000  # one syringe, counted once


def test_who_asks_to_stop_is_heard_in_one_tap_and_led_to_recovery(six, new_tablet, taps):
    day = infusing(six, 9)
    page = hands.at_the_chair(new_tablet, day.visit)
    with taps.at_most(1, page, "asks to stop"):
        hands.see(page, "Asks to stop")
    with taps.at_most(2, page, "stopped the pump, because the patient asked"):
        sheet = hands.open_sheet(page, "Stopped it", "stopped")
        hands.tap(sheet.get_by_role("button", name="The patient asked"))
    expect(page.locator(".clock-here")).to_contain_text("Recovering")
    state = hands.log(day.visit).state
    assert (state.phase, state.pump[-1].reason) == ("recovering", "the patient asked")
    assert acts(day) == ["asks-to-stop"]
    hands.send(page.get_by_role("link", name="To recovery"))
    expect(page).to_have_url(re.compile(r"/recovery"))


def test_the_ambulance_is_never_kept_waiting(six, new_tablet):
    day = infusing(six, 6)
    monitor = monitored(day, 6)
    page = hands.at_the_chair(new_tablet, day.visit)
    monitor.says(spo2_percent=84.0)
    expect(hands.alarm(page, "spo2-stop")).to_be_visible()
    sheet = hands.open_sheet(page, "Emergency", "emergency")
    hands.send(sheet.get_by_role("link", name="The ambulance took the patient"))
    hands.send(page.get_by_role("button", name="The ambulance took the patient"))
    state = hands.log(day.visit).state
    assert state.phase == "released"
    assert (state.release.body.disposition, state.release.stamp.by) == (
        "transfer by ambulance",
        six.nurse.pk,
    )
    assert not state.excused  # nothing was asked for first


# Time, corrections, mis-taps ---------------------------------------------------------------------------


def test_what_is_told_late_is_labelled_so_and_no_time_is_ever_filled_in(six, new_tablet):
    day = infusing(six, 15)
    page = hands.at_the_chair(new_tablet, day.visit)

    def timed() -> list[str]:
        """What stands in each field of a time or a number, shown or not yet opened."""
        fields = page.locator(
            "main input:not([type=hidden]):not([type=checkbox]), main textarea, main select"
        )
        return fields.evaluate_all("all => all.map((each) => each.value)")

    assert len(timed()) > 30 and set(timed()) == {""}
    hands.score(page, "Nausea", "nausea", "A little", minutes_ago="7")
    hands.score(page, "Pain", "pain", "3", minutes_ago="4")
    clock = f"{day.visit.clinic.local(datetime.now(UTC) - timedelta(minutes=10)):%H:%M}"
    hands.score(page, "Distress", "distress", "Uneasy", clock=clock)
    hands.see(page, "Comfortable, looked")
    expect(hands.record(page, "Nausea")).to_contain_text("entered late, +7 min")
    expect(hands.record(page, "Distress")).to_contain_text(re.compile(r"entered late, \+1[01] min"))
    for words in ("Pain", "Comfortable"):
        expect(hands.record(page, words)).to_have_count(1)
        expect(hands.record(page, words)).not_to_contain_text("late")
    assert set(timed()) == {""}  # nor does the last time come back
    events = {e.payload["act"]: e for e in hands.log(day.visit).events if e.kind == "act.recorded"}
    assert 7 * 60 <= events["nausea"].late_by.total_seconds() < 7 * 60 + 1
    assert events["comfortable"].late_by.total_seconds() == 0

    hands.tap(hands.record(page, "Nausea").get_by_role("button", name="Correct or strike out"))
    expect(page.locator("#c-clock")).to_have_value("")


def test_a_value_mistyped_is_corrected_the_alarm_ends_and_both_stay_readable(six, new_tablet, taps):
    day = infusing(six, 8)
    page = hands.at_the_chair(new_tablet, day.visit)
    sheet = hands.open_sheet(page, "Type values", "set")
    for name, value in {"sbp_mmhg": "173", "dbp_mmhg": "86", "spo2_percent": "97"}.items():
        hands.write(sheet.locator(f'input[name="{name}"]'), value)
    hands.tap(sheet.get_by_role("button", name="Write down"))
    expect(hands.alarm(page, "sbp-notify")).to_be_visible()
    assert standing(day) == {"sbp-notify", "sbp-rise"}

    hands.tap(hands.record(page, "173").get_by_role("button", name="Correct or strike out").first)
    sheet = page.locator("#sheet")
    expect(sheet.locator("#c-dbp_mmhg")).to_have_value("86")
    hands.write(sheet.locator("#c-sbp_mmhg"), "137")
    hands.write(sheet.locator("#c-why"), "digits swapped")
    hands.tap(sheet.get_by_role("button", name="Correct it"))
    expect(page.locator(".live-bar .alarm")).to_have_count(0)
    expect(page.locator(".v-bp .value")).to_have_text("137/86")
    line = hands.record(page, "digits swapped")
    expect(line.locator("s")).to_contain_text("173")
    expect(line).to_contain_text("137")
    assert standing(day) == set()
    values = [each for each in hands.log(day.visit).events if each.kind == "observation.recorded"]
    assert values[-1].payload["values"][0]["value"] == 173.0  # what was written stays as it was written


def test_a_mis_tap_is_struck_by_one_tap_and_stays_readable(six, new_tablet, taps):
    day = infusing(six, 8)
    page = hands.at_the_chair(new_tablet, day.visit)
    hands.see(page, "Vomited")
    with taps.at_most(1, page, "undo a mis-tap"):
        hands.tap(hands.told(page).get_by_role("button", name="Undo"))
        expect(hands.told(page)).to_contain_text("Struck out")
    expect(hands.record(page, "Vomited").locator("s")).to_have_text("Vomited")
    assert acts(day) == []
    hands.see(page, "Pressed the call button")
    expect(hands.told(page)).to_have_count(0, timeout=14_000)  # ten seconds, then it stands
    assert acts(day) == ["call-button"]


# Two sessions on one tablet ---------------------------------------------------------------------------


def test_two_sessions_on_one_tablet_do_not_bleed(six, new_tablet):
    first = infusing(six, 12, name="Rivera")
    second = infusing(six, 7, after=first, name="Okafor")
    loud, calm = monitored(first, 12), monitored(second, 7)
    page = hands.at_the_chair(new_tablet, first.visit)
    loud.says(sbp_mmhg=186.0, dbp_mmhg=104.0)
    expect(hands.alarm(page, "sbp-hold")).to_be_visible()
    hands.score(page, "Nausea", "nausea", "Much")

    def is_the_second() -> None:
        expect(page.locator(".who-here")).to_contain_text("Okafor")
        main = page.locator("main")
        for words in ("Rivera", "186", "hold the infusion", "Rate on the pump now?"):
            expect(main).not_to_contain_text(words)
        expect(hands.record(page, "Nausea")).to_have_count(0)

    def is_the_first() -> None:
        expect(page.locator(".who-here")).to_contain_text("Rivera")
        expect(page.locator(".v-bp .value")).to_have_text("186/104")
        expect(hands.rate_question(page)).to_be_visible()
        expect(page.locator("main")).not_to_contain_text("Okafor")

    hands.live(page, second.visit)
    is_the_second()
    hands.see(page, "Resting")
    calm.says(sbp_mmhg=131.0, dbp_mmhg=79.0)
    expect(page.locator(".v-bp .value")).to_have_text("131/79")
    loud.says(hr_per_min=44.0)  # while nobody looks at the first
    is_the_second()
    assert (acts(first), acts(second)) == (["nausea"], ["resting"])

    page.go_back()
    is_the_first()
    expect(hands.alarm(page, "hr-low")).to_be_visible()
    expect(hands.record(page, "Resting")).to_have_count(0)
    hands.see(page, "Light and sound turned down")
    page.go_forward()
    is_the_second()
    hands.see(page, "Spoken to calmly")
    assert acts(first) == ["nausea", "quiet"]
    assert acts(second) == ["resting", "reassured"]
    assert standing(second) == set()


# The tap budget ---------------------------------------------------------------------------------------


def test_the_tap_budget_at_the_chair_is_kept(six, new_tablet, taps):
    day = infusing(six, 20.5)
    monitored(day, 20.5)
    page = hands.at_the_chair(new_tablet, day.visit)
    due = page.locator(".dues > li.due, .dues > li.overdue")
    with taps.at_most(1, page, "a due look with a live monitor"):
        hands.tap(due.filter(has_text="Look").get_by_role("button", name="Looked").first)
        expect(hands.told(page)).to_contain_text("Comfortable, looked")
    with taps.at_most(1, page, "resting, eyes closed, breathing seen"):
        hands.see(page, "Resting: eyes closed, breathing seen")
    for check, answer in (("Wakefulness", "Answers at once"), ("Dissociation", "A little strange")):
        with taps.at_most(2, page, f"a due check with a live monitor: {check.lower()}"):
            hands.tap(due.filter(has_text=check).get_by_role("button", name="Now"))
            hands.tap(
                hands.sheet(page, f"act-{check.lower()}".replace("wakefulness", "sedation")).get_by_role(
                    "button", name=answer
                )
            )
            expect(due.filter(has_text=check)).to_have_count(0)
    expect(due.filter(has_text="Blood pressure")).to_have_count(0)  # the monitor has filled its own row
    with taps.at_most(1, page, "pressed the call button"):
        hands.see(page, "Pressed the call button")
    with taps.at_most(2, page, "an act out of the second row"):
        hands.see(page, "Spoken to calmly")
    with taps.at_most(2, page, "changed the rate (and the rate typed)"):
        hands.tap(
            hands.rate(page, "Changed the rate", "changed", "40").get_by_role("button", name="Changed to")
        )
        expect(page.locator(".clock-here")).to_contain_text("40 mL/h")
    with taps.at_most(2, page, "read the pump (and the rate typed)"):
        hands.tap(hands.rate(page, "Read it", "read", "40").get_by_role("button", name="The pump says this"))
        expect(hands.record(page, "read")).not_to_have_count(0)
    with taps.at_most(2, page, "paused the pump, with why"):
        form = hands.open_sheet(page, "Paused it", "paused")
        hands.tap(form.get_by_role("button", name="The patient asked"))
        expect(page.locator(".clock-here")).to_contain_text("Paused")
    with taps.at_most(2, page, "resumed the pump (and the rate typed)"):
        hands.tap(hands.rate(page, "Resumed it", "resumed", "40").get_by_role("button", name="Resumed at"))
        expect(page.locator(".clock-here")).to_contain_text("Infusing")
    with taps.at_most(2, page, "a note (and its words typed)"):
        form = hands.open_sheet(page, "Note", "note")
        page.keyboard.type("blanket")
        hands.tap(form.get_by_role("button", name="Write down"))
        expect(hands.record(page, "blanket")).to_be_visible()
    with taps.at_most(2, page, "an adverse event (and its name typed)"):
        form = hands.open_sheet(page, "Adverse event", "adverse")
        page.keyboard.type("hives")
        hands.tap(form.get_by_role("button", name="Mild"))
        expect(hands.record(page, "hives")).to_be_visible()
    with taps.at_most(2, page, "the vein lost"):
        hands.tap(hands.open_sheet(page, "Vein", "vein").get_by_role("button", name="Vein lost"))
        expect(page.locator(".clock-here")).to_contain_text("Paused")
    with taps.at_most(2, page, "emergency: stopped the pump"):
        hands.tap(hands.open_sheet(page, "Emergency", "emergency").get_by_role("button", name="I stopped"))
        expect(page.locator(".clock-here")).to_contain_text("Recovering")


def test_a_drug_given_takes_its_dose_with_its_unit_and_its_route(six, new_tablet, taps):
    day = infusing(six, 14)
    page = hands.at_the_chair(new_tablet, day.visit)
    with taps.at_most(3, page, "a drug given: which, by what route (and its dose typed)"):
        form = hands.open_sheet(page, "Given a drug", "drug")
        hands.tap(form.get_by_role("button", name="Ondansetron"))
        expect(page.locator("#g-dose")).to_be_focused()
        page.keyboard.type("4 mg")
        hands.tap(page.locator("#sheet").get_by_role("button", name="Intravenous"))
        expect(hands.record(page, "ondansetron 4 mg")).to_be_visible()
    (said,) = hands.log(day.visit).state.drugs
    assert (said.body.substance, said.body.dose_ug, said.body.route) == ("ondansetron", 4000, "intravenous")


def test_a_check_not_taken_says_why_in_two_taps(six, new_tablet, taps):
    day = infusing(six, 20.5)
    page = hands.at_the_chair(new_tablet, day.visit)
    row = page.locator(".dues > li").filter(has_text="Wakefulness").first
    with taps.at_most(2, page, "a check not taken, because"):
        hands.tap(row.get_by_role("button", name="Not taken"))
        form = hands.sheet(page, "missed-wakefulness")
        hands.tap(form.get_by_role("button", name="Resting well, not disturbed"))
        expect(form).to_be_hidden()
    assert since_start(day) == ["check.not_taken"]
