"""The drug books of a session, posted from what people said they drew, gave, wasted and returned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chairside.core.ledger import Book, Posting, Tolerance, books
from chairside.core.session import payloads as p
from chairside.core.session.state import Preparation, Said, State


def syringe_name(number: int) -> str:
    """The name of the syringe of a numbered preparation."""
    return f"syringe {number}"


def syringe_of(state: State, preparation: Preparation) -> str:
    """The syringe a preparation runs from: its own, or that of the preparation it continues."""
    body = preparation.body
    while body.continues is not None:
        earlier = next((each.body for each in state.preparations if each.body.number == body.continues), None)
        if earlier is None or earlier.number >= body.number:
            break
        body = earlier
    return syringe_name(body.number)


def session_books(state: State, tolerances: Mapping[str, Tolerance]) -> tuple[Book, ...]:
    """The book of every controlled substance of the session."""
    return books(postings(state), tolerances)


def postings(state: State) -> tuple[Posting, ...]:
    """Every stated movement of controlled drug, from the log."""
    vials: set[tuple[str, str]] = set()
    return (*_prepared(state, vials), *_rescue(state, vials))


def _prepared(state: State, vials: set[tuple[str, str]]) -> Iterator[Posting]:
    for preparation in state.preparations:
        body, event = preparation.body, preparation.begun.stamp.event
        for vial in body.vials:
            drawing = _Drawing(
                vial.vial,
                vial.content_ul * vial.strength_ug_per_ml // 1000,
                vial.drawn_ul * vial.strength_ug_per_ml // 1000,
            )
            yield from _drawn(vials, body.substance, drawing, into=syringe_name(body.number), event=event)


def _drawn(
    vials: set[tuple[str, str]], substance: str, drawing: "_Drawing", *, into: str, event: str
) -> Iterator[Posting]:
    # A vial drawn from twice was taken from stock once.
    if (substance, drawing.vial) not in vials:
        vials.add((substance, drawing.vial))
        yield Posting(
            substance=substance,
            container=drawing.vial,
            from_account="stock",
            to_account="vial",
            amount_ug=drawing.held_ug,
            how_known="counted",
            event=event,
        )
    yield Posting(
        substance=substance,
        container=drawing.vial,
        from_account="vial",
        to_account="syringe",
        amount_ug=drawing.drawn_ug,
        how_known="read on the syringe",
        event=event,
        into=into,
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    vial: str
    held_ug: int
    drawn_ug: int


def _rescue(state: State, vials: set[tuple[str, str]]) -> Iterator[Posting]:
    for each in state.drugs:
        body, event = each.body, each.stamp.event
        if isinstance(body, p.DrugDrawn):
            drawing = _Drawing(body.vial, body.content_ug, body.drawn_ug)
            yield from _drawn(vials, body.substance, drawing, into=body.syringe, event=event)
        elif isinstance(body, p.DrugGiven) and body.syringe:
            yield Posting(
                substance=body.substance,
                container=body.syringe,
                from_account="syringe",
                to_account="given",
                amount_ug=body.dose_ug,
                how_known="read on the syringe",
                event=event,
            )
        elif isinstance(body, p.DrugCounted):
            yield posted(state, body, event=event)


def posted(state: State, body: p.DrugCounted, *, event: str = "") -> Posting:
    """One count as a movement out of its vial or syringe; raises `BadPosting` for one that can't be."""
    vials = {vial.vial for each in state.preparations for vial in each.body.vials}
    vials |= {each.body.vial for each in state.drugs if isinstance(each.body, p.DrugDrawn)}
    return Posting(
        substance=body.substance,
        container=body.container,
        from_account="vial" if body.container in vials else "syringe",
        to_account=body.account,
        amount_ug=body.amount_ug,
        how_known=body.how_known,
        event=event,
    )


def pending_waste(state: State) -> tuple[Said, ...]:
    """Waste that lies sealed and waits for its witness."""
    witnessed = {each.body.counted for each in state.drugs if isinstance(each.body, p.WasteWitnessed)}
    return tuple(
        each
        for each in state.drugs
        if isinstance(each.body, p.DrugCounted)
        and each.body.account == "waste"
        and each.body.amount_ug > 0
        and each.stamp.authorised_by is None
        and each.stamp.event not in witnessed
    )


CASE = "difference:"


def open_books(state: State, tolerances: Mapping[str, Tolerance]) -> tuple[str, ...]:
    """Why the drug books keep the record open, a sentence each: what nobody stated, and unexplained cases."""
    explained = {
        each.body.conflict: each.stamp.at for each in state.notes if isinstance(each.body, p.ConflictSettled)
    }
    reasons: list[str] = []
    for book in session_books(state, tolerances):
        if book.missing:
            reasons.extend(f"{book.substance}: nobody stated {each}" for each in book.missing)
        elif book.outcome == "case" and f"{CASE}{book.substance}" not in explained:
            reasons.extend(f"{book.substance}: {each}; it needs its explanation" for each in book.reasons)
    return tuple(reasons)
