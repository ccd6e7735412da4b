"""The drug books on the page: each syringe and vial, what was stated of it, and how an amount is typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import get_args

from chairside.charts.words import mg
from chairside.core.ledger import MUST_BE_STATED, Account, Book, ContainerBook
from chairside.core.protocols import shown
from chairside.core.quantities import parse_quantity, to_step
from chairside.core.session import BadEvent, Said, State, typed_payload
from chairside.core.session import payloads as p
from chairside.core.session.drugs import syringe_of
from chairside.core.session.pump import delivered_ug, delivered_ul
from chairside.floor.chairside import Chairside

HOW_KNOWN: tuple[str, ...] = get_args(p.HowKnown)
OF_VIAL: tuple[Account, ...] = ("waste", "returned", "lost")
LABELS: Mapping[str, str] = {
    "given": "Given to the patient",
    "line": "Left in the line",
    "waste": "Wasted",
    "returned": "Returned to stock",
    "lost": "Lost or broken",
}


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement that stands, in words."""

    event: str
    text: str
    by: str
    witness: str
    sealed: str


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """One place where drug of a container can be: what was stated, or that nobody has."""

    account: str
    label: str
    amount: str
    stated: tuple[Stated, ...]

    @property
    def waste(self) -> bool:
        """Whether it needs a witness or a seal."""
        return self.account == "waste"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContainer:
    """One syringe or vial of the books."""

    name: str
    is_vial: bool
    entered: str
    concentration: str
    accounts: tuple[ShownAccount, ...]
    difference: str
    outcome: str
    reckoned: str


@dataclass(frozen=True, slots=True)
class ShownBook:
    """One substance: its sum, its containers, and the case it may be."""

    book: Book
    name: str
    sums: tuple[tuple[str, str], ...]
    difference: str
    tolerance: str
    containers: tuple[ShownContainer, ...]
    explained: str


def shown_books(chair: Chairside, people: Mapping[str, str]) -> list[ShownBook]:
    """Every controlled substance of the session."""
    state, rules = chair.folded.state, chair.folded.rules
    return [_book(book, chair, people) for book in rules.books(state)]


def _book(book: Book, chair: Chairside, people: Mapping[str, str]) -> ShownBook:
    state, rules = chair.folded.state, chair.folded.rules
    drug = rules.rescue.drug(book.substance)
    shown_containers = [
        _container(each, book.substance, chair=chair, people=people, is_vial=is_vial)
        for is_vial, group in ((False, book.syringes), (True, book.vials))
        for each in group
    ]
    explained = next(
        (
            said.body.resolution
            for said in reversed(state.notes)
            if isinstance(said.body, p.ConflictSettled)
            and said.body.conflict == f"difference:{book.substance}"
        ),
        "",
    )
    sums = (
        ("drawn", mg(book.drawn_ug)),
        ("given", mg(book.given_ug)),
        ("line", mg(book.line_ug)),
        ("waste", mg(book.waste_ug)),
        ("returned", mg(book.returned_ug)),
    )
    return ShownBook(
        book=book,
        name=drug.name if drug else book.substance.capitalize(),
        sums=sums,
        difference=mg(book.difference_ug),
        tolerance="none is signed" if book.tolerance_ug is None else f"± {mg(book.tolerance_ug)}",
        containers=tuple(shown_containers),
        explained=explained,
    )


def _container(
    container: ContainerBook, substance: str, *, chair: Chairside, people: Mapping[str, str], is_vial: bool
) -> ShownContainer:
    state = chair.folded.state
    said = [
        each
        for each in state.drugs
        if isinstance(each.body, p.DrugCounted)
        and (each.body.substance, each.body.container) == (substance, container.container)
    ]
    concentration = concentration_of(state, substance, container.container)
    return ShownContainer(
        name=container.container,
        is_vial=is_vial,
        entered=mg(container.entered_ug),
        concentration=shown(concentration, "mg/mL") if concentration else "",
        accounts=tuple(
            _account(name, said, state=state, people=people)
            for name in (OF_VIAL if is_vial else (*MUST_BE_STATED, "lost"))
        ),
        difference=mg(container.difference_ug),
        outcome=container.outcome,
        reckoned="" if is_vial else reckoned(chair, container.container),
    )


def _account(name: Account, said: Sequence[Said], *, state: State, people: Mapping[str, str]) -> ShownAccount:
    mine = [each for each in said if each.body.account == name]
    witnessed = {each.body.counted: each for each in state.drugs if isinstance(each.body, p.WasteWitnessed)}
    stated = tuple(
        Stated(
            event=each.stamp.event,
            text=", ".join(
                part for part in (mg(each.body.amount_ug), each.body.how_known, each.body.method) if part
            ),
            by=people.get(each.stamp.by, ""),
            witness=people.get(
                each.stamp.authorised_by
                or (witnessed[each.stamp.event].stamp.authorised_by if each.stamp.event in witnessed else "")
                or "",
                "",
            ),
            sealed=each.body.seal,
        )
        for each in mine
    )
    total = mg(sum(each.body.amount_ug for each in mine)) if mine else "not stated"
    return ShownAccount(name, LABELS[name], total, stated)


def reckoned(chair: Chairside, syringe: str) -> str:
    """What the recorded rates say left this syringe: to compare with the pump's volume, never filled in."""
    state = chair.folded.state
    numbers = {each.body.number for each in state.preparations if syringe_of(state, each) == syringe}
    if not numbers or {each.preparation for each in state.pump} - numbers:
        return ""
    return (
        f"The recorded rates come to {shown(delivered_ul(state, chair.at), 'mL')}, "
        f"{mg(delivered_ug(state, chair.at))}; the pump's own volume counts."
    )


def concentration_of(state: State, substance: str, container: str) -> int:
    """Micrograms in a millilitre of this syringe or vial; 0 where nobody said."""
    for preparation in state.preparations:
        if preparation.body.substance != substance:
            continue
        if syringe_of(state, preparation) == container:
            return preparation.body.concentration_ug_per_ml
        for vial in preparation.body.vials:
            if vial.vial == container:
                return vial.strength_ug_per_ml
    for said in state.drugs:
        if isinstance(said.body, p.DrugDrawn) and container in (said.body.syringe, said.body.vial):
            return said.body.strength_ug_per_ml
    return 0


def counted(chair: Chairside, *, witnessed: bool) -> p.DrugCounted:
    """One statement as typed; a volume is multiplied by the concentration, and the workings are kept."""
    form = chair.request.POST
    substance, container = form.get("substance", ""), form.get("container", "")
    allowed = accounts_of(chair, substance, container)
    account = form.get("account", "")
    if account not in allowed:
        raise BadEvent("drug: expected a syringe or vial of this session and where its drug went")
    how = form.get("how_known", "")
    if how not in HOW_KNOWN:
        raise BadEvent("how it is known: expected one of " + ", ".join(HOW_KNOWN))
    concentration = concentration_of(chair.folded.state, substance, container)
    amount_ug, workings = _amount(form.get("amount", ""), form.get("unit", ""), concentration)
    seal = form.get("seal", "").strip()
    if account == "waste" and amount_ug and not witnessed and not seal:
        raise BadEvent("waste: expected a witness who signs here, or the number of the seal it waits under")
    method = "; ".join(each for each in (workings, form.get("method", "").strip()) if each)
    body: p.DrugCounted = typed_payload(
        "drug.counted",
        {
            "substance": substance,
            "container": container,
            "account": account,
            "amount_ug": amount_ug,
            "how_known": how,
            "method": method,
            "seal": "" if witnessed else seal,
        },
    )
    return body


def accounts_of(chair: Chairside, substance: str, container: str) -> tuple[str, ...]:
    """Where drug of a container can be; none for one that is not in the books."""
    for book in chair.folded.rules.books(chair.folded.state):
        if book.substance != substance:
            continue
        if container in {each.container for each in book.syringes}:
            return (*MUST_BE_STATED, "lost")
        if container in {each.container for each in book.vials}:
            return OF_VIAL
    return ()


def _amount(text: str, unit: str, concentration: int) -> tuple[int, str]:
    """Whole micrograms, and the workings where a volume was typed."""
    if unit == "mg":
        return parse_quantity(text, field="amount", unit="mg"), ""
    if unit != "mL":
        raise BadEvent("unit: expected mg or mL")
    if not concentration:
        raise BadEvent("amount: expected mg, for the concentration of this one is not in the record")
    volume_ul = parse_quantity(text, field="amount", unit="mL")
    amount_ug = to_step(Fraction(volume_ul * concentration, 1000), step=1, rule="half up")
    return amount_ug, f"{shown(volume_ul, 'mL')} × {shown(concentration, 'mg/mL')} = {mg(amount_ug)}"
