"""The whole of it: one infusion by three people, from Today to a closed record that proves itself."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from playwright.sync_api import Page, expect

from chairside.accounts.models import Person
from chairside.actions.patients import set_device
from chairside.core.session.pump import delivered_ug
from chairside.gateway.worker import deliver_due
from chairside.interop.export import schema
from chairside.records.models import Device, Visit
from tests.actions.afternoon import sign_everything, visit_of
from tests.cli.command import chairside
from tests.journeys import hands, leaving
from tests.journeys.wire import CUFF, KEY, Wire, keep_in, morning, on_the_wire
from tests.people import Six, letting_in

ANSWERS = {
    "identity": {"name_matches": "yes", "birth_date_matches": "yes"},
    "weight": {"weight_g": "70.2", "weight_g.unit": "kg", "measured_today": "yes"},
    "allergies": {"answer": "none", "to_ketamine": "no"},
    "consent": {"reaffirmed": "yes", "sober": "yes"},
    "intake": {
        "solids_at": "19:30",
        "solids_at.day": "yesterday",
        "fluids_at": "06:00",
        "fluids_at.day": "today",
    },
    "substances": dict.fromkeys(("alcohol", "benzodiazepine", "opioid", "stimulant", "other"), "no"),
    "medicines": {"changed": "no", "slows_stomach": "no"},
    "health": {"changed": "no", "vascular": "no", "urinary": "no"},
    "pregnancy": {"answer": "does_not_apply"},
    "mood": {"item9": "0", "plan": "no", "intent": "no", "behaviour": "no"},
}
SEEN = {
    "posture": {"faint": "no"},
    "oxygen": {"as_usual": "yes"},
    "gait": {"steady": "yes"},
    "intent": {"asked": "yes", "new": "no"},
    "escort": {"present": "yes"},
    "cannula": {"out": "yes"},
    "instructions": {"given": "yes"},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """The clinic's data folder; it is there before its people, for whom its keys vouch."""
    settings.CHAIRSIDE_CLOCK = morning("America/Los_Angeles")
    return keep_in(tmp_path, settings)


@pytest.fixture
def colleague(six: Six) -> Person:
    """The second person: another nurse, who has no tablet of her own."""
    return letting_in(six.clinic, "colleague", "nurse")


@pytest.fixture
def visit(six: Six, settings: Any) -> Visit:
    """A signed site, a patient of today, and a monitor at the chair."""
    now = settings.CHAIRSIDE_CLOCK.now()
    sign_everything(six, now - timedelta(hours=1))
    visit = visit_of(six, now - timedelta(minutes=30))
    device = Device(clinic=six.clinic, name="Monitor 3", zone=six.clinic.zone, chair=visit.chair)
    set_device(device, keys=(KEY,), by=six.manager, at=now - timedelta(hours=1))
    return visit


@pytest.fixture
def wire(folder: Path, settings: Any) -> Iterator[Wire]:
    """The listener, and the monitor that speaks to it."""
    with on_the_wire(settings.CHAIRSIDE_CLOCK) as wire:
        yield wire


def from_today(page: Page) -> None:
    """Taps the patient's row, and comes to what the session needs next."""
    hands.send(page.locator("a.chair").filter(has_text="Rivera"))


def check_in(nurse: Page, wire: Wire) -> None:
    """Every question; one set from the monitor and one typed, which is *the* baseline."""
    for item, answers in ANSWERS.items():
        hands.answer(nurse, item, answers)
    card = hands.fill_in(nurse, "escort", {"arranged": "yes", "phone_checked": "yes"})
    hands.write(card.locator("#escort_name"), "Luz Rivera")
    hands.write(card.locator("#escort_phone"), "555 0142")
    hands.send(card.get_by_role("button", name="Save"))
    hands.send(nurse.get_by_role("button", name="Monitor 3 is this patient’s"))
    assert (wire.says(), wire.says(quiet=False, **CUFF)) == ("CA", "CA")
    hands.send(nurse.get_by_role("button", name="Take what the monitor says as a set"))
    expect(nurse.locator("#baseline h2")).to_contain_text("1 of 2 sets taken")
    wire.clock.forward(6)
    hands.take_set(nurse)
    hands.fix_baseline(nurse, 2)
    hands.complete_check_in(nurse)


def prepare(nurse: Page, wire: Wire) -> None:
    """The vial, the blind check by the second nurse in place, the pump, the time-out with both pulses."""
    hands.begin_preparation(nurse)
    hands.hand_over(nurse)
    hands.check_blind(nurse, second="colleague")
    hands.set_pump(nurse)
    hands.send(hands.button(nurse, "To the time-out"))
    hands.say_time_out(nurse)
    form = nurse.locator("form.timeout")
    for line, said in {"in_use": "monitor", "is_this_patients": "yes"}.items():
        hands.pick(form, f"monitor.{line}", said)
    for whose in ("felt", "monitor"):
        hands.write(form.locator(f'input[name="monitor.{whose}_pulse_per_min"]'), "74")
    wire.clock.forward(2)
    wire.says(**CUFF)
    hands.finish_time_out(nurse)


def infuse(nurse: Page, wire: Wire) -> None:
    """Started, forty minutes with a message each, what is due looked at, and stopped at the end."""
    form = hands.rate(nurse, "Started it", "started", "52.5")
    hands.tap(form.get_by_role("button", name="Started at this rate"))
    expect(nurse.locator(".clock-here")).to_contain_text("Infusing · 52.5 mL/h")
    wire.for_minutes(10)
    expect(nurse.locator(".v-bp .value")).to_have_text("128/80")
    hands.see(nurse, "Resting: eyes closed, breathing seen")
    hands.score(nurse, "Dissociation", "dissociation", "Clearly apart")
    wire.for_minutes(15, sbp_mmhg=141.0, dbp_mmhg=86.0)
    expect(nurse.locator(".v-bp .value")).to_have_text("141/86")
    hands.see(nurse, "Comfortable, looked")
    hands.score(nurse, "Wakefulness", "sedation", "Answers slowly")
    hands.score(nurse, "Nausea", "nausea", "A little", minutes_ago="8")
    wire.for_minutes(15)
    sheet = hands.open_sheet(nurse, "Stopped it", "stopped")
    hands.tap(sheet.get_by_role("button", name="All of it has run"))
    expect(nurse.locator(".clock-here")).to_contain_text("Recovering")


def recover(nurse: Page, wire: Wire, taps: hands.Taps) -> None:
    """Not before half an hour and two stable sets; then everything seen, ready, and home with the escort."""
    wire.for_minutes(10)
    hands.send(nurse.get_by_role("link", name="To recovery"))
    leaving.declare_ready(nurse)
    hands.refusal(nurse, "the infusion ended")
    wire.for_minutes(21)
    with taps.at_most(1, nurse, "a criterion with a scale"):
        leaving.score_criterion(nurse, "awake", "Answers at once")
    leaving.score_criterion(nurse, "dissociation", "Feels as usual")
    with taps.at_most(2, nurse, "a criterion with one line"):
        leaving.see_criterion(nurse, "posture", SEEN["posture"])
    for name in SEEN.keys() - {"posture"}:
        leaving.see_criterion(nurse, name, SEEN[name])
    expect(nurse.get_by_role("heading", name="Every criterion is met or excused")).to_be_visible()
    with taps.at_most(1, nurse, "ready to leave"):
        leaving.declare_ready(nurse)
    with taps.at_most(3, nurse, "how the patient left, the escort seen"):
        leaving.leave(nurse, "home with escort", escort=True)
    expect(nurse.get_by_role("heading", name="Left: home with escort")).to_be_visible()


def count_and_close(nurse: Page, prescriber: Page, visit: Visit) -> None:
    """The syringe and the rest of the vial, wasted before the colleague; two signatures; the close."""
    hands.send(nurse.get_by_role("link", name="To drug books and signatures"))
    leaving.count_syringe(nurse, given="34.9 mL", by="colleague")
    leaving.waste(nurse, "V-17", "465 mg", by="colleague")
    leaving.sign_record(nurse)
    leaving.sign_record(hands.open_page(prescriber, visit, "closing"))
    leaving.close(hands.open_page(nurse, visit, "closing"))
    expect(nurse.get_by_role("heading", name="The record is closed")).to_be_visible()


def test_a_whole_session_by_three_people_from_today_to_a_record_that_proves_itself(
    folder, six, colleague, visit, wire, new_tablet, taps
):
    nurse = hands.sign_in(new_tablet(), "nurse")
    from_today(nurse)
    check_in(nurse, wire)
    assert hands.log(visit).state.phase == "checked-in"

    prescriber = hands.sign_in(new_tablet(), "prescriber")
    from_today(prescriber)
    hands.sign_order(prescriber)
    wire.clock.forward(5)
    hands.open_page(nurse, visit)
    prepare(nurse, wire)
    hands.send(hands.button(nurse, "To the live page, and the start"))
    infuse(nurse, wire)
    state = hands.log(visit).state
    assert abs(delivered_ug(state, wire.clock.now()) - 35_000) < 1000
    recover(nurse, wire, taps)
    heard = hands.log(visit).length
    wire.says(hr_per_min=61.0)  # the next patient's: the association ended with the release
    assert hands.log(visit).length == heard
    count_and_close(nurse, prescriber, visit)
    for whose, tablet in (("nurse", nurse), ("prescriber", prescriber)):
        taps.said.append(("taps", f"a whole session, on the {whose}'s tablet: {hands.touched(tablet)}"))

    folded = hands.log(visit)
    assert (folded.state.phase, folded.state.conflicts, folded.state.overrides) == ("closed", (), ())
    hands.send(nurse.get_by_role("link", name="Read the flowsheet"))
    expect(nurse.locator("article.flowsheet")).to_contain_text(folded.head)
    expect(nurse.locator("article.flowsheet")).to_contain_text("34.9 mg")
    (folder / "flowsheet.html").write_text(nurse.content(), encoding="utf-8")
    deliver_due()
    document = exported(folder, visit)
    did = {each["kind"]: (each["actor"], each["authorised_by"]) for each in document["events"]}
    assert did["order.signed"] == (six.prescriber.pk, None)
    assert did["preparation.begun"] == did["pump.started"] == (six.nurse.pk, None)
    assert colleague.pk in did["preparation.checked"]
    assert did["drug.counted"] == (six.nurse.pk, colleague.pk)
    signed = [each["actor"] for each in document["events"] if each["kind"] == "record.signed"]
    assert signed == [six.nurse.pk, six.prescriber.pk]
    answer = chairside(
        "verify", "--data", folder, "--session", visit.session, "--flowsheet", folder / "flowsheet.html"
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert answer.stdout.endswith("all of this holds\n")


def exported(folder: Path, visit: Visit) -> dict[str, Any]:
    """What the command writes out of that very data, as its schema says."""
    here = ("--data", folder, "--session", visit.session)
    answer = chairside("export", *here, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert not list(Draft202012Validator(schema()).iter_errors(document))
    (drug,) = document["drug"]
    assert drug == drug | {"given_ug": 34_900, "line_ug": 0, "waste_ug": 100, "difference_ug": 0}
    assert [each["state"] for each in document["states"]] == [
        *("planned", "checked-in", "prepared", "infusing", "recovering", "ready", "released", "closed")
    ]
    measured = [each for each in document["readings"] if each["source"] == "monitor"]
    pressures = [each["value"] for each in measured if each["signal"] == "sbp_mmhg"]
    assert pressures.count(141.0) == 3 and pressures.count(128.0) >= 11
    assert {each["verdict"] for each in measured} == {"accepted"}
    return document
