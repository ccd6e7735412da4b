"""Between the finger and the log: presses that come twice or not at all, and who may press."""

import re
from contextlib import ExitStack, closing

import pytest
from playwright.sync_api import expect

from chairside.floor.live.telling import TELLINGS
from tests.journeys import hands
from tests.journeys.day import acts, afternoon_at, infusing, monitored, since_start
from tests.people import NAMES
from tests.servers.tablets import Tablets
from tests.servers.web import running_web

# One press, one event ---------------------------------------------------------------------------------


def test_the_same_press_twice_is_one_event(six, new_tablet):
    day = infusing(six, 8)
    page = hands.at_the_chair(new_tablet, day.visit)
    seen = page.locator('[sse-swap="seen"]')
    seen.get_by_role("button", name="Resting").dblclick()
    expect(hands.record(page, "Resting")).to_have_count(1)
    call = seen.get_by_role("button", name="call button")
    for _ in range(2):  # a finger that trembles: meanwhile the stream has drawn the button anew
        call.tap()
        page.wait_for_timeout(400)
    expect(hands.record(page, "call button")).to_have_count(1)
    page.wait_for_timeout(1200)
    assert acts(day) == ["resting", "call-button"]

    # The answer is lost on its way back: the page says what it knows, and the next press is the same one.
    def lose(route) -> None:
        route.fetch()
        route.abort()

    form = hands.open_sheet(page, "Nausea", "act-nausea")
    page.route("**/live/act", lose, times=1)
    hands.tap(form.get_by_role("button", name="Much"))
    expect(form).to_contain_text("NOT saved")
    expect(page.locator("#saved")).to_have_text("1 NOT saved")
    hands.tap(form.get_by_role("button", name="Much"))
    expect(form).to_be_hidden()
    expect(page.locator("#saved")).to_have_text("all saved")
    assert acts(day) == ["resting", "call-button", "nausea"]

    # Sent by the browser itself, then gone back to and sent again.
    plain = page.locator("#pop-stopped form").evaluate(
        "(form) => ({ url: form.action, body: Object.fromEntries(new FormData(form)) })"
    )
    for _ in range(2):
        answer = page.request.post(plain["url"], form=plain["body"], headers={"Referer": page.url})
        assert answer.ok
    assert since_start(day) == [*["act.recorded"] * 3, "pump.stopped"]

    call.tap()  # later it is another one
    expect(hands.record(page, "call button")).to_have_count(2)


def test_what_was_not_saved_stays_under_the_finger_until_it_is(six, new_tablet):
    day = infusing(six, 8)
    monitor = monitored(day, 8)
    page = hands.at_the_chair(new_tablet, day.visit)
    seen = page.locator('[sse-swap="seen"]')
    page.route("**/live/act", lambda route: route.abort(), times=1)
    hands.tap(seen.get_by_role("button", name="Resting"))
    expect(seen).to_contain_text("NOT saved")
    day.do(8.1, "act.recorded", {"act": "comfortable"}, who="prescriber")  # the stream draws that panel anew
    monitor.says(sbp_mmhg=133.0, dbp_mmhg=81.0)
    expect(page.locator(".v-bp .value")).to_have_text("133/81")
    expect(hands.record(page, "Comfortable")).to_have_count(1)
    expect(seen).to_contain_text("NOT saved")
    expect(page.locator("#saved")).to_have_text("1 NOT saved")
    hands.tap(seen.get_by_role("button", name="Resting"))
    expect(page.locator("#saved")).to_have_text("all saved")
    expect(seen).not_to_contain_text("NOT saved")
    assert sorted(acts(day)) == ["comfortable", "resting"]


def test_a_page_opened_before_the_start_has_all_that_an_infusion_needs(six, new_tablet):
    day = afternoon_at(six, -1)
    day.until("prepared")
    page = hands.at_the_chair(new_tablet, day.visit)
    form = hands.rate(page, "Started it", "started", "52.5")
    expect(form).to_contain_text("I started the pump")
    hands.tap(form.get_by_role("button", name="Started at this rate"))
    expect(page.locator(".clock-here")).to_contain_text("Infusing · 52.5 mL/h")
    hands.score(page, "Dissociation", "dissociation", "Feels as usual")
    sheet = hands.open_sheet(page, "Emergency", "emergency")
    hands.tap(sheet.get_by_role("button", name="Asks to stop"))
    expect(sheet).to_be_hidden()
    assert acts(day) == ["dissociation", "asks-to-stop"]
    form = hands.open_sheet(page, "Paused it", "paused")
    hands.tap(form.get_by_role("button", name="The patient asked"))
    expect(hands.rate(page, "Resumed it", "resumed", "52.5")).to_contain_text("I resumed the pump")


# The clinic's computer stops ---------------------------------------------------------------------------


def test_when_the_clinics_computer_stops_the_page_says_so_and_values_grow_old(own_database, six, chromium):
    day = infusing(six, 6)
    monitored(day, 6, last=70 / 60)
    with ExitStack() as tablets_put_away:
        with running_web() as url:
            tablets = tablets_put_away.enter_context(closing(Tablets(chromium, url)))
            page = hands.at_the_chair(tablets, day.visit)
            contact = page.locator("#contact")
            expect(contact).to_be_hidden()
            expect(page.locator(".v-hr.stale")).to_have_count(0)
        expect(contact).to_be_visible(timeout=15_000)
        expect(contact).to_contain_text(re.compile("look at the patient and the monitor", re.IGNORECASE))
        assert page.evaluate("getComputedStyle(document.querySelector('#contact')).position") == "sticky"
        expect(page.locator(".v-hr.stale")).to_be_visible(timeout=40_000)
        expect(page.locator(".v-hr .old")).to_be_visible()
        expect(page.locator("#own-alarms")).to_contain_text("look at the patient", timeout=40_000)
        form = hands.open_sheet(page, "Nausea", "act-nausea")
        hands.tap(form.get_by_role("button", name="Much"))
        expect(form).to_contain_text("NOT saved")
        expect(page.locator("#saved")).to_have_text("1 NOT saved")
    assert set(tablets.wrong) <= {"console: [object Event]"}  # how htmx says that a stream broke
    assert acts(day) == []


# Who may --------------------------------------------------------------------------------------------

SEES = {"nurse": 200, "prescriber": 200, "patient": 302, "manager": 200, "researcher": 403, "stranger": 404}
TELLS = SEES | {"nurse": 422, "prescriber": 422, "manager": 403}
SEND = """([url]) => fetch(url, {
  method: "POST", redirect: "manual",
  headers: {"X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"]},
}).then((answer) => answer.type === "opaqueredirect" ? 302 : answer.status)"""


@pytest.mark.parametrize("who", NAMES)
def test_each_of_the_six_sees_and_tells_what_is_theirs(six, new_tablet, who):
    day = infusing(six, 8)
    before = len(hands.log(day.visit).events)
    page = new_tablet()
    page.goto("/sign-in")
    if who != "patient":
        page.get_by_label("Username").fill(who)
        page.get_by_label("Password").fill(hands.PASSWORD)
        hands.send(page.get_by_role("button", name="Sign in"))
    base = f"/sessions/{day.visit.session}"
    for name in ("live", f"live/row/{hands.log(day.visit).events[-1].id}", "live/drug/ondansetron"):
        answer = page.request.get(f"{base}/{name}", max_redirects=0)
        looks_on = {"manager": 403} if name != "live" else {}
        assert answer.status == (SEES | looks_on)[who], name
    # An empty form: who may tell is told what is missing, nobody else is told anything.
    bare = {"act", "changed", "started", "read", "new-vein", "given", "drawn", "note", "adverse", "set"}
    bare |= {"missed", "seen", "strike", "undo", "correct"}
    for verb in sorted(bare if TELLS[who] == 422 else TELLINGS):
        assert page.evaluate(SEND, [f"{base}/live/{verb}"]) == TELLS[who], verb
    assert len(hands.log(day.visit).events) == before
    if SEES[who] == 200:
        hands.live(page, day.visit)
        expect(page.get_by_role("button", name="Emergency")).to_have_count(0 if who == "manager" else 1)
        tells = page.locator("main form, main button")
        expect(tells).to_have_count(0) if who == "manager" else expect(tells).not_to_have_count(0)
