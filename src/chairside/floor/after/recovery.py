"""Recovery: each criterion as it is seen, what is still missing, and how the patient leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from chairside.accounts.access import held_by, require
from chairside.actions.patients import set_escort
from chairside.actions.sessions import Entry
from chairside.core.safety.acts import Act
from chairside.core.safety.checklist import Item
from chairside.core.safety.readiness import Assessed, Criterion
from chairside.core.session import BadEvent, Said, typed_payload
from chairside.core.session import payloads as p
from chairside.core.session.asks import EMERGENCY
from chairside.core.session.state import AFTER_STOP
from chairside.floor.after.frame import ago, drawn, frame, prescriber_here, told, words
from chairside.floor.after.vitals import typed_lines, vitals
from chairside.floor.before.answers import Line, Reading, lines, read_item
from chairside.floor.before.where import Wrong, names
from chairside.floor.chairside import Chairside, observed_at, open_session

READING = "reading."
ACT = "act."


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCriterion:
    """One criterion on the page: how it stands, on what it rests, and what answers it in place."""

    assessed: Assessed
    lines: tuple[Line, ...]
    acts: tuple[Act, ...]
    vitals: bool
    seen_at: datetime | None
    seen_ago: str
    seen_by: str
    excused: Said | None
    excused_by: str

    @property
    def id(self) -> str:
        """Its id."""
        return self.assessed.criterion_id

    @property
    def sign(self) -> str:
        """How it stands, as a class name and, in the page, a sign beside the word."""
        return "excused" if self.excused and self.assessed.state != "met" else self.assessed.state


@require("nurse", "prescriber", "manager")
@require_GET
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The criteria and the ways to leave."""
    return draw(open_session(request, session), None)


@require("nurse", "prescriber")
@require_POST
def tell(request: HttpRequest, session: str, verb: str) -> HttpResponse:
    """One thing seen or decided."""
    return told(request, session, tell=TELLING.get(verb), draw=draw, back="recovery")


def draw(chair: Chairside, wrong: Wrong | None) -> HttpResponse:
    """The page as it stands, with what was refused."""
    state = chair.folded.state
    shown = shown_criteria(chair, wrong)
    release = state.release
    people = names(chair.visit.clinic_id, [release.stamp.by, release.stamp.authorised_by] if release else [])
    page = {
        **frame(chair, "recovery"),
        "criteria": shown,
        "missing": [each for each in shown if each.sign in ("not met", "unknown")],
        "typed_lines": typed_lines(wrong.typed if wrong and wrong.place == "set" else {}),
        "recovering": state.phase in AFTER_STOP,
        "dispositions": [each for each in get_args(p.Disposition) if each not in EMERGENCY],
        "released_by": people.get(release.stamp.by, "") if release else "",
    }
    return drawn(chair, "recovery.html", page, wrong=wrong)


def shown_criteria(chair: Chairside, wrong: Wrong | None) -> list[ShownCriterion]:
    """Each signed criterion as it stands now."""
    state, rules = chair.folded.state, chair.folded.rules
    if state.started_at is None:
        return []
    found = []
    assessed = rules.assessed(state, chair.at)
    seen_by = {seen.by for each in assessed for _, seen in each.evidence if seen}
    people = names(chair.visit.clinic_id, [*seen_by, *(each.stamp.by for each in state.excused.values())])
    for criterion, each in zip(rules.readiness.criteria, assessed, strict=True):
        last = max((seen for _, seen in each.evidence if seen), key=lambda seen: seen.at, default=None)
        excused = state.excused.get(criterion.id)
        named = [rules.acts.act(fact.removeprefix(ACT)) for fact in criterion.facts if fact.startswith(ACT)]
        found.append(
            ShownCriterion(
                assessed=each,
                lines=_lines(criterion, chair, wrong),
                acts=tuple(act for act in named if act),
                vitals=any(
                    fact.startswith(READING) or fact == "recovery.stable_sets" for fact in criterion.facts
                ),
                seen_at=last.at if last else None,
                seen_ago=ago(last.at, chair.at) if last else "",
                seen_by=people.get(last.by, last.by) if last else "",
                excused=excused,
                excused_by=people.get(excused.stamp.by, "") if excused else "",
            )
        )
    return found


def _item(criterion: Criterion) -> Item:
    return Item(id=criterion.id, question=criterion.title, fields=criterion.fields)


def _lines(criterion: Criterion, chair: Chairside, wrong: Wrong | None) -> tuple[Line, ...]:
    """The fields of a criterion; never filled in with what was seen before."""
    typed: Mapping[str, str] = wrong.typed if wrong and wrong.place == f"criterion-{criterion.id}" else {}
    return lines(_item(criterion), Reading(clinic=chair.visit.clinic, at=chair.at), typed=typed, errors={})


# What is told ------------------------------------------------------------------------------------


def _answer(chair: Chairside) -> None:
    form = chair.request.POST
    criterion = next(
        (each for each in chair.folded.rules.readiness.criteria if each.id == form.get("criterion")), None
    )
    if criterion is None or not criterion.fields:
        raise BadEvent("criterion: expected one that is answered here")
    answers, errors = read_item(_item(criterion), form, Reading(clinic=chair.visit.clinic, at=chair.at))
    if errors:
        raise BadEvent("; ".join(errors.values()))
    _write(chair, "readiness.assessed", p.ReadinessAssessed(criterion.id, answers))


def _act(chair: Chairside) -> None:
    form = chair.request.POST
    act, score = chair.folded.rules.acts.act(form.get("act", "")), form.get("score", "")
    if act is None:
        raise BadEvent("act: expected one of the signed list")
    number = int(score) if score.isdecimal() and len(score) < 4 else None
    problem = act.problem(number)
    if problem:
        raise BadEvent(problem)
    _write(chair, "act.recorded", p.ActRecorded(act.id, number))


def _set(chair: Chairside) -> None:
    at = observed_at(chair.request.POST, chair)
    body = vitals(chair, at or chair.at)
    chair.write(
        Entry(
            kind="observation.recorded", payload=body, observed_at=at, press=chair.request.POST.get("press")
        )
    )


def _excuse(chair: Chairside) -> None:
    reason = words(chair, "reason", wanted="the prescriber's reason in words")
    body = p.CriterionExcused(chair.request.POST.get("criterion", ""), reason)
    if body.criterion not in {each.id for each in chair.folded.rules.readiness.criteria}:
        raise BadEvent("criterion: expected one of the signed list")
    _write(chair.acting_as(prescriber_here(chair)), "criterion.excused", body)


def _ready(chair: Chairside) -> None:
    _write(chair, "ready.declared", p.Empty())


def _release(chair: Chairside) -> None:
    form = chair.request.POST
    disposition = form.get("disposition", "")
    if disposition not in get_args(p.Disposition):
        raise BadEvent("disposition: expected one of the ways to leave")
    second = None
    if disposition == "home without escort" and "prescriber" not in held_by(chair.person):
        second = prescriber_here(chair)
    if disposition == "home with escort":
        _other_escort(chair)
    body: p.Released = typed_payload(
        "session.released",
        {
            "disposition": disposition,
            "escort": "seen in person" if form.get("escort_seen") == "yes" else "",
            "note": form.get("note", "").strip(),
        },
    )
    entry = Entry(
        kind="session.released",
        payload=body,
        observed_at=observed_at(form, chair),
        press=form.get("press"),
    )
    chair.write(entry, second)


def _other_escort(chair: Chairside) -> None:
    """Keeps the name of another escort than the one of this morning, in the record and not in the log."""
    name = chair.request.POST.get("escort_name", "").strip()
    phone = chair.request.POST.get("escort_phone", "").strip()
    if name or phone:
        set_escort(chair.visit, name=name, phone=phone, by=chair.person, at=chair.at)


def _write(chair: Chairside, kind: str, body: object) -> None:
    chair.write(Entry(kind=kind, payload=body, press=chair.request.POST.get("press")))


TELLING = {
    "answer": _answer,
    "act": _act,
    "set": _set,
    "excuse": _excuse,
    "ready": _ready,
    "release": _release,
}
