"""What stops a start: each stop with reason, source and ways; who lets it pass; and going home."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from chairside.accounts.access import held_by, require
from chairside.accounts.models import Person
from chairside.actions.sessions import Entry, Refused
from chairside.core.safety import Stop, refusal
from chairside.core.session import BadEvent, Refusal, State
from chairside.core.session import payloads as p
from chairside.core.session.rules import override_of
from chairside.core.session.state import Said
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import (
    Chairside,
    open_session,
    second_person,
    signed_again,
    signed_in_place,
)

WHO = {
    "identity": "Nobody lets this pass.",
    "arithmetic": "Nobody lets this pass.",
    "absolute": "The prescriber and a second person may let it pass.",
    "relative": "The prescriber may let it pass, with a reason.",
}
WAYS = {
    "recheck": "Check again",
    "treat": "Treat, then check again",
    "go home": "Send the patient home",
    "prescriber sees patient": "The prescriber sees the patient",
}
SEES_PATIENT = "prescriber sees patient"


@dataclass(frozen=True, slots=True)
class ShownStop:
    """A stop on the page: its rule, what it rests on, and who let it pass, if anybody did."""

    stop: Stop
    passed: Said | None
    people: Mapping[str, str]

    @property
    def who(self) -> str:
        """Who may let it pass, in words."""
        return WHO[self.stop.kind]

    @property
    def ways(self) -> list[str]:
        """What can be done about it, in words."""
        return [WAYS[each] for each in self.stop.resolve]

    @property
    def item(self) -> str:
        """The part of the check-in it comes from."""
        return self.stop.facts[0].id.partition(".")[0]

    @property
    def items(self) -> frozenset[str]:
        """Every part of the check-in it looks at."""
        return frozenset(each.id.partition(".")[0] for each in self.stop.facts)

    @property
    def open(self) -> bool:
        """Whether it stands only because a line of the check-in has no answer yet, or "not known"."""
        return self.stop.unknown and self.item not in ("known", "target", "baseline")

    @property
    def grave(self) -> bool:
        """Whether it still stands and more than the prescriber's reason is needed."""
        return self.passed is None and self.stop.kind != "relative"

    @property
    def may_pass(self) -> bool:
        """Whether anybody may let it pass."""
        return self.passed is None and self.stop.kind in ("absolute", "relative")

    @property
    def goes_home(self) -> bool:
        """Whether going home is one of its ways."""
        return "go home" in self.stop.resolve

    @property
    def by(self) -> str:
        """Who let it pass."""
        if self.passed is None:
            return ""
        by = self.people.get(self.passed.stamp.by, "")
        second = self.people.get(self.passed.stamp.authorised_by or "", "")
        return f"{by}, with {second}" if second else by

    @property
    def asks_for_sight(self) -> bool:
        """Whether the prescriber must have seen the patient."""
        return SEES_PATIENT in self.stop.resolve


def shown_stops(chair: Chairside) -> list[ShownStop]:
    """The stops that stand or were let pass; those that only wait for a question are left out."""
    state, rules = chair.folded.state, chair.folded.rules
    found = [each for each in rules.stops(state, chair.at) if not waits(state, each)]
    passed = {each.rule_id: passed_by(state, each) for each in found}
    stamps = [said.stamp for said in passed.values() if said is not None]
    people = names(
        chair.visit.clinic_id, [each for stamp in stamps for each in (stamp.by, stamp.authorised_by)]
    )
    return [ShownStop(each, passed[each.rule_id], people) for each in found]


def waits(state: State, stop: Stop) -> bool:
    """Whether the stop only waits for a question that was not asked yet."""
    asked = {*state.checkin, *({"baseline"} if state.baseline else ()), "known", "target"}
    return any(each.value is None and each.id.partition(".")[0] not in asked for each in stop.facts)


def passed_by(state: State, stop: Stop) -> Said | None:
    """The override that lets this stop pass, with the facts as they are now."""
    return next((each for each in state.overrides if refusal(stop, override_of(each)) is None), None)


@require("nurse", "prescriber")
@require_http_methods(["GET", "POST"])
def override(request: HttpRequest, session: str, rule: str) -> HttpResponse:
    """One stop, whole, and how a prescriber lets it pass; a nurse's tablet takes their signature."""
    chair = open_session(request, session)
    found = next((each for each in shown_stops(chair) if each.stop.rule_id == rule), None)
    if found is None:
        raise Http404
    wrong = None
    if request.method == "POST":
        try:
            _let_pass(chair, found.stop)
            return onward("check-in", chair, f"stop-{rule}")
        except (Refused, BadEvent) as error:
            wrong = Wrong("override", sentences_of(error), request.POST)
    page = {
        **frame(chair, "check-in"),
        "shown": found,
        "values": [(fact_in_words(chair, each.id), value_in_words(each.value)) for each in found.stop.facts],
    }
    return drawn(chair, "stop.html", page, wrong=wrong)


def fact_in_words(chair: Chairside, fact: str) -> str:
    """The question a fact answers, as the signed list asks it; else where it comes from."""
    origin, _, name = fact.partition(".")
    item = chair.folded.rules.checkin.item(origin)
    field = item.field(name) if item else None
    plain = name.replace("_", " ")
    return (
        field.label
        if field
        else {"known": f"known before: {plain}", "baseline": f"baseline: {plain}"}.get(origin, plain)
    )


def value_in_words(value: object) -> str:
    """A fact's value as people say it."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _let_pass(chair: Chairside, stop: Stop) -> None:
    form = chair.request.POST
    if not form.get("reason", "").strip():
        raise BadEvent("reason: expected the prescriber's reason in words")
    prescriber, second = _signers(chair, needs_second=stop.kind == "absolute")
    entry = Entry(
        kind="stop.overridden",
        payload=p.StopOverridden(
            rule=stop.rule_id,
            facts_digest=form.get("facts_digest", ""),
            reason=form["reason"].strip(),
            patient_seen=form.get("patient_seen") == "yes",
        ),
        press=form.get("press"),
    )
    chair.acting_as(prescriber).write(entry, second)


def _signers(chair: Chairside, *, needs_second: bool) -> tuple[Person, Person | None]:
    """The prescriber and, where one is needed, the second person, each by their own password."""
    form = chair.request.POST
    if "prescriber" in held_by(chair.person):
        return chair.person, second_person(form, chair) if needs_second else None
    prescriber = signed_in_place(form, chair, prefix="prescriber", who="prescriber")
    if "prescriber" not in held_by(prescriber):
        raise Refused(Refusal("role", "identity", "prescriber: expected somebody who prescribes"))
    return prescriber, signed_again(form, chair) if needs_second else None


@require("nurse", "prescriber")
@require_POST
def go_home(request: HttpRequest, session: str) -> HttpResponse:
    """Ends the session before the start, with the reason; drug already drawn is accounted for in closing."""
    chair = open_session(request, session)
    reason = request.POST.get("reason", "").strip()
    entry = Entry(kind="session.abandoned", payload=p.Abandoned(reason), press=request.POST.get("press"))
    try:
        chair.write(entry)
    except (Refused, BadEvent) as error:
        wrong = Wrong("go-home", sentences_of(error), request.POST)
        return drawn(chair, "go_home.html", frame(chair, ""), wrong=wrong)
    return onward("session", chair)
