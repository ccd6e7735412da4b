"""What a person does at a tablet after the infusion: criteria seen, leaving, the count, signatures."""

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.journeys import hands

# Recovery ------------------------------------------------------------------------------------------


def criterion(page: Page, name: str) -> Locator:
    """One criterion on the recovery page."""
    return page.locator(f"#criterion-{name}")


def stands(page: Page, name: str, how: str) -> None:
    """The page says how a criterion stands: met, not met, unknown or excused."""
    expect(criterion(page, name).locator(".pill").first).to_have_text(re.compile(rf"\S {how}$"))


def see_criterion(page: Page, name: str, answers: Mapping[str, str]) -> None:
    """Answers the lines of a criterion as they are seen now."""
    card = criterion(page, name)
    for field, said in answers.items():
        hands.pick(card, f"{name}.{field}", said)
    hands.send(card.get_by_role("button", name="Save what you saw"))


def score_criterion(page: Page, name: str, answer: str) -> None:
    """A scale answered beside its criterion."""
    hands.send(criterion(page, name).get_by_role("button", name=answer))


def excuse(
    page: Page, name: str, *, reason: str, second: str = "prescriber", password: str = hands.PASSWORD
) -> None:
    """The prescriber, in place on the nurse's tablet, says why a criterion need not be met."""
    card = criterion(page, name)
    button = card.get_by_role("button", name="Write the exception")
    if not button.is_visible():
        hands.tap(card.get_by_text("The prescriber makes an exception"))
    hands.write(card.locator(f"#why-{name}"), reason)
    hands.write(card.locator('input[name="prescriber_username"]'), second)
    hands.write(card.locator('input[name="prescriber_password"]'), password)
    hands.send(button)


def declare_ready(page: Page) -> None:
    """The nurse says that the patient is ready to leave."""
    hands.send(page.get_by_role("button", name="Declare ready to leave"))


def leave(page: Page, disposition: str, *, escort: bool = False, prescriber: str = "") -> None:
    """The patient has left; a prescriber signs in place where it is their decision."""
    form = page.locator("#release")
    hands.pick(form, "disposition", disposition)
    seen = form.locator('input[name="escort_seen"]')
    if escort and not seen.is_checked():
        hands.tap(form.get_by_text("I have seen the escort in person"))
    if prescriber:
        name = form.locator('input[name="prescriber_username"]')
        if not name.is_visible():
            hands.tap(form.get_by_text("Home without escort: the prescriber signs"))
        hands.write(name, prescriber)
        hands.write(form.locator('input[name="prescriber_password"]'), hands.PASSWORD)
    hands.send(form.get_by_role("button", name="The patient has left"))


# Drug books ----------------------------------------------------------------------------------------

POURED = "squirted into absorbent"


def account(page: Page, container: str, name: str, substance: str = "ketamine") -> Locator:
    """One place of the drug book where drug of a syringe or vial can be."""
    return page.locator(f"#book-{substance}-{container.lower().replace(' ', '-')}-{name}")


def count(page: Page, container: str, name: str, amount: str, *, how: str = "read on the syringe") -> Locator:
    """Types one amount, with its unit as in "34.9 mL", and how it is known; it is stated by `state`."""
    place = account(page, container, name)
    if not place.locator("input.amount").is_visible():
        hands.tap(place.locator("summary"))
    number, unit = amount.split()
    hands.write(place.locator("input.amount"), number)
    hands.pick(place, "unit", unit)
    hands.pick(place, "how_known", how)
    return place


def state(place: Locator) -> None:
    """States what was typed."""
    hands.send(place.get_by_role("button", name=re.compile("^State ")))


def witness(place: Locator, name: str = "prescriber", *, password: str = hands.PASSWORD) -> None:
    """Somebody else saw it wasted, and signs on the tablet of who is signed in."""
    hands.write(place.locator('input[name="method"]'), POURED)
    hands.write(place.locator('input[name="second_username"]'), name)
    hands.write(place.locator('input[name="second_password"]'), password)


def seal(place: Locator, number: str) -> None:
    """Nobody is there to witness: what is left waits under a seal."""
    hands.write(place.locator('input[name="seal"]'), number)


def waste(page: Page, container: str, amount: str, *, by: str = "prescriber", sealed: str = "") -> None:
    """States waste before a witness, or under a seal."""
    place = count(page, container, "waste", amount)
    if sealed:
        seal(place, sealed)
    else:
        witness(place, by)
    state(place)


def count_syringe(page: Page, *, given: str, waste_too: bool = True, by: str = "prescriber") -> None:
    """States where the drug of the first syringe went; a little is wasted, the rest was given."""
    state(count(page, "syringe 1", "given", given, how="pump volume"))
    for name in ("line", "returned"):
        state(count(page, "syringe 1", name, "0 mL"))
    if waste_too:
        waste(page, "syringe 1", "0.1 mL", by=by)


# Signatures, the close, addenda ---------------------------------------------------------------------


def sign_record(page: Page) -> None:
    """Whoever is signed in signs the record that the page shows, as what they are."""
    hands.sign(page)
    hands.send(page.locator("#sign").get_by_role("button", name="Sign", exact=True))


def close(page: Page) -> None:
    """Somebody closes the record, or is told what keeps it open."""
    hands.send(page.get_by_role("button", name="Close the record"))


def outcome(page: Page, substance: str = "ketamine") -> Locator:
    """How a drug book stands: balanced, open, or a case."""
    return page.locator(f"#book-{substance} .pill").first
