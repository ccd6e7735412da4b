"""From check-in to the time-out in a real browser, by a nurse and a prescriber on two tablets."""

from playwright.sync_api import Page

from tests.people import PASSWORD
from tests.web.before.walk import DISPLAY, FOUND, SET, VIAL, Walk


def signed_in(new_tablet, who: str, address: str) -> Page:
    page = new_tablet()
    page.goto(f"/sign-in?next={address}")
    page.fill("[name=username]", who)
    page.fill("[name=password]", PASSWORD)
    page.locator("form button").first.click()
    page.wait_for_url(f"**{address}")
    return page


def test_pounds_turn_into_kilograms_while_they_are_typed(walk: Walk, new_tablet) -> None:
    page = signed_in(new_tablet, "nurse", walk.url("check-in"))
    page.fill("[name='weight.weight_g']", "154.3")
    page.check("[name='weight.weight_g.unit'][value=lb]")
    shown = page.locator("#item-weight output")
    assert shown.text_content() == "154.3 lb × 0.45359237 kg/lb = 69.989 kg"
    page.check("[name='weight.measured_today'][value=yes]")
    page.click("#item-weight button")
    page.click("text=It is right: save it")
    page.wait_for_selector("text=69.989 kg today")
    assert walk.state.checkin["weight"].body.answers["weight_g"] == {"value": 154.3, "unit": "lb"}


def test_two_people_bring_a_session_to_its_time_out(walk: Walk, new_tablet) -> None:
    walk.check_in()
    walk.clock.each_look_s = 1
    nurse = signed_in(new_tablet, "nurse", walk.url("preparation"))
    assert "A prescriber signs the order first" in nurse.content()
    prescriber = signed_in(new_tablet, "prescriber", walk.url("order"))
    prescriber.fill("#dose", "0.5")
    prescriber.fill("#duration", "40")
    prescriber.press("#duration", "Tab")
    prescriber.wait_for_selector("#arithmetic >> text=0.5 mg/kg × 70.2 kg")
    prescriber.fill("[name=sign_password]", PASSWORD)
    prescriber.click("button:has-text('Sign the order')")
    prescriber.wait_for_selector("text=signed The prescriber")
    nurse.reload()
    nurse.check(f"[name=strength][value='{VIAL['strength']}']")
    for name in ("vial_1", "content_1", "lot_1", "expiry_1"):
        nurse.fill(f"[name={name}]", VIAL[name])
    nurse.click("text=Reckon the syringe")
    nurse.click("text=Begin preparation 1 with this")
    nurse.click("text=Hand over to the second person")
    for name, value in FOUND.items():
        nurse.fill(f"[name={name}]", value)
    nurse.fill("[name=second_username]", "prescriber")
    nurse.fill("[name=second_password]", PASSWORD)
    nurse.click("text=This is what I find")
    for name, value in DISPLAY.items():
        nurse.fill(f"[name={name}]", value)
    nurse.click("text=The display says so")
    nurse.click("text=To the time-out")
    nurse.wait_for_selector("text=Is it the right patient?")
    assert walk.state.phase == "prepared"


def test_the_keyboard_alone_saves_a_set(walk: Walk, new_tablet) -> None:
    page = signed_in(new_tablet, "nurse", walk.url("check-in"))
    page.focus("[name=sbp_mmhg]")
    for name in ("sbp_mmhg", "dbp_mmhg", "hr_per_min", "spo2_percent", "rr_per_min"):
        page.keyboard.type(SET[name])
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 of 2 sets taken")
    assert walk.state.observations[0].accepted()["sbp_mmhg"] == 124.0
