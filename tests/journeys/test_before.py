"""Before the start, by hand: what stops, who lets it pass, two people over one syringe, and going home."""

from playwright.sync_api import expect

from tests.journeys import hands
from tests.journeys.day import afternoon_at, answered


def test_eaten_the_prescriber_lets_it_pass_on_the_nurses_tablet(six, new_tablet, taps):
    day = afternoon_at(six, -20)
    answered(day, but=("intake",))
    page = hands.sign_in(new_tablet(), "nurse")
    hands.open_page(page, day.visit, "check-in")
    ate, drank = hands.hours_ago(day.visit, 3), hands.hours_ago(day.visit, 4)
    intake = {"solids_at": ate["clock"], "solids_at.day": ate["day"]}
    intake |= {"fluids_at": drank["clock"], "fluids_at.day": drank["day"]}
    hands.answer(page, "intake", intake)
    expect(hands.stop(page, "solids")).to_contain_text("Ate too recently")
    hands.complete_check_in(page)
    hands.refusal(page, "Not complete yet: 1 thing")
    assert hands.log(day.visit).state.phase == "planned"
    hands.send(hands.button(hands.stop(page, "solids"), "Prescriber signs here"))
    hands.write(page.locator("#reason"), "dry toast three hours ago, no nausea")
    hands.sign_in_place(page, "prescriber", prefix="prescriber")
    hands.send(page.get_by_role("button", name="Let it pass"))
    expect(hands.stop(page, "solids")).to_contain_text("Let pass by The prescriber")
    hands.complete_check_in(page)
    state = hands.log(day.visit).state
    assert state.phase == "checked-in"
    (said,) = state.overrides
    assert (said.stamp.by, said.body.rule) == (six.prescriber.pk, "solids")
