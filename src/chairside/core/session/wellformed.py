"""Whether a fact is well-formed: never refused for what happened, only for what can't be read as a fact."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chairside.core.ledger import BadPosting
from chairside.core.session import drugs
from chairside.core.session import payloads as p
from chairside.core.session.rules import Rules
from chairside.core.session.state import State


def problems(kind: str, body: Any, *, state: State, rules: Rules) -> tuple[str, ...]:
    """What is wrong with this fact, a sentence each that names the field; empty when it can be written."""
    check = CHECKS.get(kind)
    return tuple(check(body, state, rules)) if check else ()


def _answered(body: p.CheckinAnswered, state: State, rules: Rules) -> Iterator[str]:
    yield from rules.answer_problems(body.item, body.answers)


def _acted(body: p.ActRecorded, state: State, rules: Rules) -> Iterator[str]:
    act = rules.acts.act(body.act)
    if act is None:
        yield f"act: expected one of the signed list, not {body.act!r}"
    elif problem := act.problem(body.score):
        yield problem


def _not_taken(body: p.NotTaken, state: State, rules: Rules) -> Iterator[str]:
    if body.check not in {each.what for each in rules.schedule.checks}:
        yield f"check: expected one of the signed schedule, not {body.check!r}"
    if not body.reason.strip():
        yield "reason: expected why the check was not taken"


def _counted(body: p.DrugCounted, state: State, rules: Rules) -> Iterator[str]:
    try:
        drugs.posted(state, body)
    except BadPosting as bad:
        yield str(bad)
    if body.account == "waste" and body.amount_ug > 0 and not body.method.strip() and not body.seal.strip():
        yield "method: expected how it was wasted, or the number of the seal"


def _drawn(body: p.DrugDrawn, state: State, rules: Rules) -> Iterator[str]:
    if not 0 < body.drawn_ug <= body.content_ug:
        yield "drawn: expected more than zero and at most what the vial holds"
    if not body.vial.strip() or not body.syringe.strip():
        yield "vial, syringe: expected the names they are counted by"


def _given(body: p.DrugGiven, state: State, rules: Rules) -> Iterator[str]:
    drug = rules.rescue.drug(body.substance)
    if body.dose_ug <= 0:
        yield "dose: expected more than zero"
    if drug is not None and drug.controlled and not body.syringe.strip():
        yield f"syringe: expected the one {drug.name} was given from; it is controlled"


def _worded(body: p.NoteAdded | p.AddendumAdded, state: State, rules: Rules) -> Iterator[str]:
    if not body.text.strip():
        yield "text: expected words"


def _adverse(body: p.AdverseRecorded, state: State, rules: Rules) -> Iterator[str]:
    if not body.term.strip():
        yield "adverse event: expected what happened, in a few words"


def _rate(body: p.PumpRunning | p.PumpRead, state: State, rules: Rules) -> Iterator[str]:
    if body.rate_ul_per_h < 0:
        yield "rate: expected 0 mL/h or more"
    if isinstance(body, p.PumpRead) and body.volume_ul is not None and body.volume_ul < 0:
        yield "volume: expected 0 mL or more"


def _settled(body: p.ConflictSettled, state: State, rules: Rules) -> Iterator[str]:
    if not body.resolution.strip():
        yield "explanation: expected how it is to be read"


CHECKS: Mapping[str, Callable[[Any, State, Rules], Iterator[str]]] = {
    "checkin.answered": _answered,
    "act.recorded": _acted,
    "check.not_taken": _not_taken,
    "drug.counted": _counted,
    "drug.drawn": _drawn,
    "drug.given": _given,
    "note.added": _worded,
    "addendum.added": _worded,
    "adverse.recorded": _adverse,
    "pump.lowered": _rate,
    "pump.read": _rate,
    "conflict.settled": _settled,
}
