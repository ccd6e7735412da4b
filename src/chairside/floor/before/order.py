"""The order: mg/kg × kg -> mg, with its ceilings, every step beside the form; signed again by password."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from chairside.accounts.access import require
from chairside.actions.sessions import Entry, Refused
from chairside.core.protocols import DoseRefused, OrderArithmetic, Protocol, shown
from chairside.core.quantities import BadQuantity, parse_quantity
from chairside.core.session import BadEvent
from chairside.core.session import payloads as p
from chairside.core.session.arithmetic import reckoned_order, weight_today_g
from chairside.floor.before.stopping import shown_stops
from chairside.floor.before.where import Wrong, drawn, frame, names, onward, sentences_of
from chairside.floor.chairside import Chairside, open_session, signed_again

LOOK_AGAIN = "The numbers were changed after the dose was reckoned: read the arithmetic again, then sign."


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The dose as reckoned from what was typed, or the sentence why it is not reckoned."""

    dose: OrderArithmetic | None
    body: p.OrderSigned | None = None
    sentence: str = ""
    field: str = ""

    @property
    def seen(self) -> str:
        """What the prescriber has seen when they sign: dose, weight and time together."""
        if self.body is None:
            return ""
        return f"{self.body.dose_ug} {self.body.dosing_weight_g} {self.body.duration_s}"

    @property
    def dose_text(self) -> str:
        """The dose in milligrams."""
        return shown(self.body.dose_ug, "mg") if self.body else ""


@require("nurse", "prescriber")
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, session: str) -> HttpResponse:
    """The order form for a prescriber, the signed order for everyone; the gate holds the role."""
    chair = open_session(request, session)
    if request.method != "POST":
        return draw(chair)
    reckoned = reckon(chair, request.POST)
    if reckoned.sentence:
        return draw(chair, Wrong("order", (reckoned.sentence,), request.POST), reckoned)
    if request.POST.get("act") == "reckon":
        return draw(chair, Wrong("order", (), request.POST), reckoned)
    if request.POST.get("seen") != reckoned.seen:
        return draw(chair, Wrong("order", (LOOK_AGAIN,), request.POST), reckoned)
    try:
        signed_again(request.POST, chair)
        chair.write(Entry(kind="order.signed", payload=reckoned.body, press=request.POST.get("press")))
    except (Refused, BadEvent) as error:
        return draw(chair, Wrong("order", sentences_of(error), request.POST), reckoned)
    return onward("order", chair)


@require("nurse", "prescriber")
@require_POST
def arithmetic(request: HttpRequest, session: str) -> HttpResponse:
    """The arithmetic alone, for what is being typed; nothing is written."""
    chair = open_session(request, session)
    part = {
        "reckoned": reckon(chair, request.POST),
        "protocol": chair.folded.rules.protocol(chair.folded.state),
    }
    return render(request, "floor/before/_dose.html", part)


def draw(chair: Chairside, wrong: Wrong | None = None, reckoned: Reckoned | None = None) -> HttpResponse:
    """The page as it stands."""
    state, rules = chair.folded.state, chair.folded.rules
    protocol = rules.protocol(state)
    said = state.order
    people = names(chair.visit.clinic_id, [said.stamp.by] if said else [])
    page = {
        **frame(chair, "order"),
        "protocol": protocol,
        "typed": wrong.typed if wrong else {},
        "kinds": _kinds(protocol, wrong.typed if wrong else {}),
        "reckoned": reckoned,
        "order": said,
        "order_by": people.get(said.stamp.by, "") if said else "",
        "order_lines": _order_lines(said.body) if said else (),
        "standing": [each for each in shown_stops(chair) if each.passed is None],
        "may_order": state.phase in ("checked-in", "prepared", "infusing", "paused"),
    }
    # A look at the arithmetic is no refusal.
    refused = wrong if wrong and wrong.sentences else None
    return drawn(chair, "order.html", page, wrong=refused)


def reckon(chair: Chairside, form: Mapping[str, str]) -> Reckoned:
    """The dose for what was typed, by the core; a sentence and its field where it can't be."""
    state, rules = chair.folded.state, chair.folded.rules
    protocol = rules.protocol(state)
    if protocol is None:
        return Reckoned(
            None, sentence="protocol: the one this visit was planned by is not among the signed ones"
        )
    kind = form.get("kind", "")
    try:
        body = p.OrderSigned(
            substance=protocol.substance,
            protocol=protocol.id,
            protocol_version=protocol.version,
            dose_ug_per_kg=parse_quantity(form.get("dose", ""), field="dose", unit="mg/kg"),
            dosing_weight_g=_weight_g(chair, kind, form),
            dosing_weight_kind=kind,
            dose_ug=0,
            duration_s=parse_quantity(form.get("duration", ""), field="duration", unit="min"),
        )
        dose = reckoned_order(rules, state, body)
    except BadQuantity as bad:
        return Reckoned(None, sentence=str(bad), field=bad.field)
    except DoseRefused as refused:
        return Reckoned(None, sentence=str(refused))
    steps = tuple(f"{each.label}: {each.expression} = {each.result}" for each in dose.steps)
    return Reckoned(dose, replace(body, dose_ug=dose.dose_ug, steps=steps))


def _weight_g(chair: Chairside, kind: str, form: Mapping[str, str]) -> int:
    if kind != "actual":
        return parse_quantity(form.get("dosing_weight", ""), field="dosing weight", unit="kg")
    today = weight_today_g(chair.folded.rules, chair.folded.state)
    if today is None:
        raise DoseRefused("arithmetic", "weight", "weight: expected one measured today")
    return today


def _kinds(protocol: Protocol | None, typed: Mapping[str, str]) -> list[tuple[str, bool]]:
    """The kinds of weight the protocol allows; the only one there is needs no choosing."""
    allowed = protocol.dosing_weight_kinds if protocol else ()
    return [(each, typed.get("kind") == each or len(allowed) == 1) for each in allowed]


def _order_lines(body: p.OrderSigned) -> tuple[tuple[str, str], ...]:
    per_kg, weight = shown(body.dose_ug_per_kg, "mg/kg"), shown(body.dosing_weight_g, "kg")
    return (
        ("Dose", f"{shown(body.dose_ug, 'mg')} {body.substance}"),
        ("By weight", f"{per_kg} × {weight} ({body.dosing_weight_kind})"),
        ("In", shown(body.duration_s, "min")),
        ("Protocol", f"{body.protocol} {body.protocol_version}"),
    )
