"""Every field of every form, told what no honest person types: a sentence, nothing lost, nothing written."""

import json
import logging
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse

from chairside.vault.models import SessionEvent
from tests.web.attack.pages import Form, Input, read
from tests.web.attack.strings import MEGABYTE, WITH_NUL, strings
from tests.web.attack.ward import Target, Ward, targets, written

SEEN_BY_EACH_FORM = 7
WRONG_CHOICES = ("01a20736-0000-73b4-8a83-6be7254c8299", "x" * 3000)
FREE = frozenset({"csrfmiddlewaretoken", "press", "place", "slot", "reason"})


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Refusals by the hundred are no news."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Attack:
    """Sends forms as their pages would, puts the ward back, and keeps what went wrong."""

    def __init__(self, ward: Ward) -> None:
        self.ward, self.before, self.wrong = ward, written(), Counter[str]()
        self.browsers = {who: ward.browser(who) for who in ("nurse", "prescriber", "manager")}

    def send(self, target: Target, said: dict[str, str]) -> tuple[HttpResponse, bool]:
        """The answer, and whether anything was written; what was is undone."""
        self.ward.at(target.phase)
        headers = {"HX-Request": "true"} if target.form.by_script else {}
        answer = self.browsers[target.who].post(target.form.action, said, headers=headers)
        wrote = written() != self.before
        if answer.get("Location", "").startswith("/sign-in"):
            self.note(target, "signed out")
        if answer.status_code >= 500:
            self.note(target, "failed")
        if wrote and answer.status_code not in (200, 302):
            self.note(target, "wrote what it refused")
        if answer.status_code in (400, 403, 422) and not sentences(target.form, answer):
            self.note(target, f"refused without a sentence ({answer.status_code})")
        return answer, wrote

    def undo(self, wrote: bool) -> None:
        """Puts the ward back."""
        if wrote:
            self.ward.back()

    def note(self, target: Target, what: str) -> None:
        """Keeps one thing that went wrong, without the ids that differ from run to run."""
        action = "/".join(each for each in target.form.action.split("/") if len(each) < 30)
        self.wrong[f"{target.phase}, {target.who}, {action}: {what}"] += 1


def sentences(form: Form, answer: HttpResponse) -> list[str]:
    """What the page says is wrong; an answer to a script is nothing but that."""
    text = answer.content.decode()
    return read(f'<p role="alert">{text}</p>' if form.by_script else text, form.page).alerts


def plain(words: str) -> str:
    """As a browser sends it back: line ends alike, no spaces around."""
    return words.replace("\r\n", "\n").replace("\r", "\n").strip()


def lost(form: Form, said: dict[str, str], answer: HttpResponse) -> list[str]:
    """Typed fields, passwords apart, that no longer hold what was typed."""
    again = [
        each
        for each in read(answer.content.decode(), form.page).forms
        if each.action == form.action and set(each.inputs) >= set(form.inputs)
    ]
    return [
        each.name
        for each in typed(form)
        if each.kind != "password"
        and plain(said[each.name])
        and not any(plain(one.inputs[each.name].value) == plain(said[each.name]) for one in again)
    ]


def typed(form: Form) -> list[Input]:
    """The fields a person types into."""
    return [each for each in form.inputs.values() if each.typed]


def test_a_naughty_string_is_refused_in_words_or_kept_byte_for_byte(ward: Ward, shared: Any) -> None:
    every, attack = strings(shared), Attack(ward)
    for places in targets(ward):
        for turn in range(SEEN_BY_EACH_FORM if typed(places[0].form) else 0):
            target = places[turn % len(places)]
            said = target.form.filled()
            for field, each in enumerate(typed(target.form)):
                where = zlib.crc32(f"{target.form.inputs.keys()} {turn} {field}".encode())
                if turn % 2 == 0 or field == turn // 2 % len(typed(target.form)):
                    said[each.name] = every[where % len(every)]
            answer, wrote = attack.send(target, said)
            if answer.status_code == 422 and not target.form.by_script:
                gone = lost(target.form, said, answer)
                if gone:
                    attack.note(target, f"lost {', '.join(gone)}")
            if wrote:
                look_back(attack, target, said)
            attack.undo(wrote)
    assert not dict(attack.wrong)


def look_back(attack: Attack, target: Target, said: dict[str, str]) -> None:
    """What was accepted stands in the log as typed, and is text on the pages that show it."""
    last = SessionEvent.objects.filter(session=attack.ward.sessions[target.phase]).order_by("position").last()
    sought = [
        plain(said[each.name]) for each in typed(target.form) if each.name in ("text", "note", "reason")
    ]
    if last and last.kind in ("note.added", "addendum.added") and sought:
        kept = plain(json.loads(last.body)["payload"]["text"])
        if kept not in sought:
            attack.note(target, f"kept {kept!r} for {sought!r}")
    page = attack.browsers[target.who].get(target.form.page)
    if page.status_code >= 500:
        attack.note(target, "its page fails afterwards")
    elif page.status_code == 200 and read(page.content.decode(), "/").inline:
        attack.note(target, f"its page runs what was typed: {said}")


def test_a_choice_that_was_not_offered_changes_nothing(ward: Ward) -> None:
    attack = Attack(ward)
    for places in targets(ward):
        target = places[-1]
        words = {
            each.name for found in places for each in found.form.inputs.values() if each.kind == "button"
        }
        for each in target.form.inputs.values():
            if each.typed or each.name in FREE | words or each.kind in ("checkbox", "button"):
                continue
            for wrong in WRONG_CHOICES:
                _, wrote = attack.send(target, {**target.form.filled(), each.name: wrong})
                if wrote:
                    attack.note(target, f"took {wrong[:20]!r} for {each.name}")
                attack.undo(wrote)
    assert not dict(attack.wrong)


def test_a_missing_field_a_nul_or_a_megabyte_is_answered_in_words(ward: Ward) -> None:
    attack = Attack(ward)
    for places in targets(ward):
        target, fields = places[0], typed(places[0].form)
        whole = target.form.filled()
        for name in whole:
            answer, wrote = attack.send(target, {key: each for key, each in whole.items() if key != name})
            attack.undo(wrote)
        for each in fields[:1]:
            answer, wrote = attack.send(target, {**whole, each.name: MEGABYTE})
            if wrote:
                attack.note(target, f"took a megabyte for {each.name}")
            attack.undo(wrote)
        for name in [each.name for each in fields[-1:]] + [each for each in whole if each == "press"]:
            answer, wrote = attack.send(target, {**whole, name: WITH_NUL})
            if (
                wrote
                or answer.status_code != 400
                or name.replace("_", " ") not in str(sentences(target.form, answer))
            ):
                attack.note(target, f"took a NUL in {name}")
            attack.undo(wrote)
    assert not dict(attack.wrong)


@pytest.mark.parametrize("press", ["x" * 37, "../../a", "Rivera, Ana", "ä", "a b"])
def test_a_press_that_was_not_drawn_here_is_refused(ward: Ward, press: str) -> None:
    attack = Attack(ward)
    target = next(
        each for found in targets(ward) for each in found if each.form.action.endswith("/live/note")
    )
    answer, wrote = attack.send(target, {**target.form.filled(), "press": press})
    assert (answer.status_code, wrote) == (422, False)
    assert "press: expected the id that was drawn with this form" in answer.content.decode()


def test_the_same_press_is_one_event_and_other_content_is_refused(ward: Ward) -> None:
    attack = Attack(ward)
    tried = 0
    for places in targets(ward):
        target = places[0]
        said = target.form.filled()
        if not target.form.inputs.get("press"):
            continue
        _, wrote = attack.send(target, said)
        events = SessionEvent.objects.count()
        if wrote and SessionEvent.objects.filter(id=said["press"]).exists():
            tried += 1
            attack.before = written()
            again, _ = attack.send(target, said)
            if again.status_code not in (200, 302, 422):
                attack.note(target, f"the same press again got {again.status_code}")
            attack.browsers[target.who] = ward.browser(target.who)  # another tablet
            attack.send(target, said)
            for each in typed(target.form)[-1:]:
                attack.send(target, {**said, each.name: "71"})
            if SessionEvent.objects.count() != events:
                attack.note(target, "one press became two events")
        attack.undo(wrote)
        attack.before = written()
    assert tried > 20
    assert not dict(attack.wrong)
