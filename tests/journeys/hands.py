"""What a person does at a tablet, by its name. Every touch goes through here, and is counted."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from weakref import WeakKeyDictionary

from playwright.sync_api import Locator, Page, expect

from chairside.charts.sessions import Folded, load
from chairside.records.models import Visit
from tests.people import PASSWORD

expect.set_options(timeout=10_000)  # a slow minute of the machine is no failure

# Touches -------------------------------------------------------------------------------------------

_TOUCHED: "WeakKeyDictionary[Page, int]" = WeakKeyDictionary()


def touched(page: Page) -> int:
    """How often this tablet was touched so far."""
    return _TOUCHED.get(page, 0)


def tap(target: Locator) -> None:
    """One touch of a finger."""
    _TOUCHED[target.page] = touched(target.page) + 1
    target.tap()


def write(target: Locator, words: str) -> None:
    """One touch into a field, then typing; what stood in it is gone."""
    tap(target)
    target.fill(words)


def send(button: Locator) -> None:
    """One touch of a button that leads to another page, or to this one with what was refused on it."""
    with button.page.expect_navigation():
        tap(button)


@dataclass(frozen=True)
class Taps:
    """Holds acts to the tap budget, and says in the run's report what each took."""

    said: list[tuple[str, object]]

    @contextmanager
    def at_most(self, most: int, page: Page, act: str) -> Iterator[None]:
        """Whatever is done inside takes at most so many touches of this tablet."""
        before = touched(page)
        yield
        took = touched(page) - before
        self.said.append(("taps", f"{act}: {took} (at most {most})"))
        assert took <= most, f"{act} took {took} taps, the budget is {most}"


# Finding the way -----------------------------------------------------------------------------------


def sign_in(page: Page, name: str) -> Page:
    """Signs that person in, who stands at Today then."""
    page.goto("/sign-in")
    write(page.get_by_label("Username"), name)
    write(page.get_by_label("Password"), PASSWORD)
    send(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    return page


def open_page(page: Page, visit: Visit, name: str = "") -> Page:
    """A page of the session, by the end of its address; without one, the page the session needs now."""
    page.goto(f"/sessions/{visit.session}/{name}")
    return page


def log(visit: Visit) -> Folded:
    """The session as its log tells it at this moment."""
    return load(visit.session, visit.clinic_id)


def button(place: Page | Locator, name: str) -> Locator:
    """A button or a link that looks like one, by its words."""
    return place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))


def refusal(page: Page, sentence: str) -> None:
    """The page says why not, in a sentence with these words."""
    expect(page.get_by_role("alert").filter(has_text=sentence).first).to_be_visible()


def sign_in_place(page: Page, name: str, *, prefix: str = "second", password: str = PASSWORD) -> None:
    """Somebody else gives name and password on the tablet of who is signed in."""
    write(page.locator(f"#{prefix}_username"), name)
    write(page.locator(f"#{prefix}_password"), password)


def sign(page: Page, *, prefix: str = "sign", password: str = PASSWORD) -> None:
    """Whoever is signed in gives their password again."""
    write(page.locator(f"#{prefix}_password"), password)


# Times ---------------------------------------------------------------------------------------------


def hours_ago(visit: Visit, hours: float) -> dict[str, str]:
    """A time that has passed as check-in asks for it: `clock` on the clinic's wall, and `day`."""
    now = datetime.now(UTC)
    then, today = visit.clinic.local(now - timedelta(hours=hours)), visit.clinic.local(now).date()
    return {"clock": f"{then:%H:%M}", "day": "today" if then.date() == today else "yesterday"}


def months_from_now(months: int) -> str:
    """A day to come, as a vial's label is read."""
    return (datetime.now(UTC).date() + timedelta(days=30 * months)).isoformat()


# Check-in ------------------------------------------------------------------------------------------

SET = {"sbp_mmhg": "124", "dbp_mmhg": "78", "hr_per_min": "72", "spo2_percent": "98", "rr_per_min": "14"}


def question(page: Page, item: str) -> Locator:
    """One question of the check-in, its form open."""
    card = page.locator(f"#item-{item}")
    change = card.get_by_text("Change the answer")
    if change.count() and not card.get_by_role("button", name="Save").is_visible():
        tap(change)
    return card


def pick(place: Locator, name: str, value: str) -> None:
    """One choice of a line."""
    tap(place.locator(f'label.pick:has(input[name="{name}"][value="{value}"])'))


def fill_in(page: Page, item: str, answers: Mapping[str, str]) -> Locator:
    """Answers the lines of a question, by field and in order: a choice by its value, the rest in words."""
    card = question(page, item)
    for field, said in answers.items():
        name = f"{item}.{field}"
        if card.locator(f'input[type=radio][name="{name}"]').count():
            pick(card, name, said)
        else:
            write(card.locator(f'input[name="{name}"]'), said)
    return card


def answer(page: Page, item: str, answers: Mapping[str, str]) -> Locator:
    """Answers a question and saves it."""
    card = fill_in(page, item, answers)
    send(card.get_by_role("button", name="Save"))
    return page.locator(f"#item-{item}")


def take_set(page: Page, **measured: str) -> None:
    """Types one set of vital signs, ordinary but for what is said."""
    another = page.get_by_text("Type another set")
    if another.count():
        tap(another)
    for name, value in (SET | measured).items():
        write(page.locator(f"#set_{name}"), value)
    send(page.get_by_role("button", name="Save this set"))


def fix_baseline(page: Page, number: int) -> None:
    """Says that this set, by its number, is *the* baseline."""
    row = page.locator("#baseline ul.sets > li").filter(has_text=f"Set {number} ")
    send(row.get_by_role("button", name="This is the baseline"))


def complete_check_in(page: Page) -> None:
    """The nurse says that the check-in is complete."""
    send(page.get_by_role("button", name="Check-in is complete"))


def stop(page: Page, rule: str) -> Locator:
    """One stop in the list of stops."""
    return page.locator(f"#stop-{rule}")


# Order, preparation, time-out ------------------------------------------------------------------------

FOUND = {"strength": "50", "drawn": "0.70", "concentration": "1", "rate": "52.5"}
DISPLAY = {"concentration": "1", "rate": "52.5", "volume": "35"}


def sign_order(page: Page, *, dose: str = "0.5", duration: str = "40") -> None:
    """A prescriber reads the arithmetic and signs the order."""
    write(page.locator("#dose"), dose)
    write(page.locator("#duration"), duration)
    send(page.get_by_role("button", name="Reckon the dose"))
    sign(page)
    send(page.get_by_role("button", name="Sign the order"))


def begin_preparation(
    page: Page, *, vial: str = "V-17", strength: str = "50 mg/mL", reason: str = ""
) -> None:
    """Reads a vial of 10 mL, looks at the arithmetic, and begins the numbered preparation with it."""
    form = page.locator("#vials")
    if not form.is_visible():
        tap(page.get_by_text("Something changed"))
    if reason:
        pick(form, "reason", reason)
    pick(form, "strength", strength)
    label = {"vial_1": vial, "content_1": "10", "lot_1": "L204", "expiry_1": months_from_now(9)}
    for name, words in label.items():
        write(page.locator(f"#{name}"), words)
    send(form.get_by_role("button", name="Reckon the syringe"))
    send(page.get_by_role("button", name="Begin preparation"))


def hand_over(page: Page) -> None:
    """Gives the tablet to the second person."""
    send(button(page, "Hand over to the second person"))


def check_blind(page: Page, *, second: str = "prescriber", password: str = PASSWORD, **found: str) -> None:
    """The second person, on the first one's tablet, enters what they find and signs in place."""
    for name, value in (FOUND | found).items():
        write(page.locator(f"#{name}"), value)
    sign_in_place(page, second, password=password)
    send(page.get_by_role("button", name="This is what I find"))


def set_pump(page: Page, **display: str) -> None:
    """Reads the pump's own display back."""
    for name, value in (DISPLAY | display).items():
        write(page.locator(f"#{name}"), value)
    send(page.get_by_role("button", name="The display says so"))


def say_time_out(page: Page, *, but: tuple[str, ...] = ()) -> None:
    """Says yes to every line of the time-out, one by one, leaving some open; values are typed by hand."""
    form = page.locator("form.timeout")
    names = form.locator("input[type=radio][value=yes]").evaluate_all("all => all.map((each) => each.name)")
    for name in names:
        if name not in (*but, "monitor.is_this_patients"):
            pick(form, name, "yes")
    pick(form, "monitor.in_use", "typed")


def finish_time_out(page: Page) -> None:
    """The time-out is done, says the person who led it."""
    send(page.get_by_role("button", name="The time-out is done"))


# The live page -----------------------------------------------------------------------------------------


def live(page: Page, visit: Visit) -> Page:
    """The live page of a session, once it hears the clinic."""
    open_page(page, visit, "live")
    expect(page.locator("#watched")).not_to_have_text("alarms: not looked at yet")
    return page


def at_the_chair(new_tablet: Callable[[], Page], visit: Visit, name: str = "nurse") -> Page:
    """That person signs in on a tablet of their own, which shows the live page then."""
    return live(sign_in(new_tablet(), name), visit)


def told(page: Page) -> Locator:
    """What the page says of the last thing told, with its undo."""
    return page.locator("#said .said")


def sheet(page: Page, name: str) -> Locator:
    """The sheet that a tap has opened."""
    return page.locator(f"#pop-{name}")


def open_sheet(page: Page, words: str, name: str) -> Locator:
    """Opens a sheet by the words on its button."""
    tap(page.locator(f'button[popovertarget="pop-{name}"]').filter(has_text=words).first)
    expect(sheet(page, name)).to_be_visible()
    return sheet(page, name)


def see(page: Page, words: str) -> None:
    """An act of one tap, from what was seen and heard."""
    card = page.locator('[sse-swap="seen"]')
    found = card.get_by_role("button", name=words)
    if not found.is_visible():
        tap(card.get_by_text("More acts"))
    tap(found)
    expect(told(page).filter(has_text=words).first).to_be_visible()


def score(page: Page, words: str, act: str, answer: str, *, minutes_ago: str = "", clock: str = "") -> None:
    """An act with a scale; of now, unless a time is typed."""
    form = open_sheet(page, words, f"act-{act}")
    if minutes_ago or clock:
        tap(form.get_by_text("earlier…"))
        name = "minutes_ago" if minutes_ago else "clock"
        write(form.locator(f'input[name="{name}"]'), minutes_ago or clock)
    tap(form.get_by_role("button", name=answer))
    expect(form).to_be_hidden()


def rate(page: Page, words: str, name: str, rate: str) -> Locator:
    """A sheet of the pump with a rate typed; it is ready for the keys when it opens."""
    form = open_sheet(page, words, name)
    expect(form.locator('input[name="rate"]')).to_be_focused()
    page.keyboard.type(rate)
    return form


def record(page: Page, words: str) -> Locator:
    """A line of the record by its words."""
    return page.locator("ol.record > li").filter(has_text=words)


def alarm(page: Page, limit: str) -> Locator:
    """What the clinic's bar says by a rule, while it stands."""
    return page.locator(f'[data-limit="{limit}"]')


def rate_question(page: Page) -> Locator:
    """The question that stands until somebody says what the pump does."""
    return page.locator(".alarm.question").filter(has_text="Rate on the pump now?")
