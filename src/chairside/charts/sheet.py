"""The flowsheet as the texts that are printed, each under a name: what `verify` reads back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chairside.charts.forecast import Forecast
from chairside.charts.grid import COLUMNS, Band, Drawing, Row, rows
from chairside.charts.record import as_of, assessed_at_the_end, length_at_close
from chairside.charts.sessions import Folded
from chairside.charts.words import answers_of, mg, ml, rate, words_of
from chairside.core.ledger import Book, ContainerBook
from chairside.core.protocols import shown
from chairside.core.session import Stamp, State, payloads, typed
from chairside.core.session.arithmetic import weight_today_g
from chairside.core.session.verdicts import session_alarms


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled text of the sheet under its name; `who`: opaque ids of the people behind it."""

    name: str
    label: str
    text: str
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One session printed: every part in the order of the paper form."""

    header: tuple[Line, ...]
    checkin: tuple[Line, ...]
    timeout: tuple[Line, ...]
    rows: tuple[Row, ...]
    alarms: tuple[Line, ...]
    readiness: tuple[Line, ...]
    ending: tuple[Line, ...]
    drug: tuple[Line, ...]
    conflicts: tuple[Line, ...]
    signatures: tuple[Line, ...]
    addenda: tuple[Line, ...]
    footer: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every labelled text, in order."""
        return (
            *self.header,
            *self.checkin,
            *self.timeout,
            *self.alarms,
            *self.readiness,
            *self.ending,
            *self.drug,
            *self.conflicts,
            *self.signatures,
            *self.addenda,
            *self.footer,
        )

    def values(self) -> dict[str, str]:
        """Every printed text by its name; people as opaque ids."""
        found = {line.name: line.text for line in self.lines}
        found |= {f"{line.name}.who": " ".join(line.who) for line in self.lines if line.who}
        for row in self.rows:
            found |= {f"row.{row.key}.{name}": row.cells[name] for name, _ in COLUMNS}
            found[f"row.{row.key}.mark"] = "struck" if row.struck else row.due or "stands"
            if row.second:
                found[f"row.{row.key}.second"] = row.second
        return found


def sheet(folded: Folded, *, zone: str, at: datetime, predicted: Forecast) -> Sheet:
    """The sheet of a session at a moment, in the clinic's time zone."""
    alarms = {each.alarm.key: each.alarm.text for each in session_alarms(folded.state, at)}
    band = band_of(folded.state, predicted)
    writing = _Writing(folded, at, Drawing(folded.state, folded.rules, zone, band, alarms))
    return Sheet(
        header=tuple(writing.header()),
        checkin=tuple(writing.checkin()),
        timeout=tuple(writing.timeout()),
        rows=rows(folded.events, writing.drawing, now=at),
        alarms=tuple(writing.alarms()),
        readiness=tuple(writing.readiness()),
        ending=tuple(writing.ending()),
        drug=tuple(writing.drug()),
        conflicts=tuple(writing.conflicts()),
        signatures=tuple(writing.signatures()),
        addenda=tuple(writing.addenda()),
        footer=tuple(writing.footer()),
    )


def moment_of(folded: Folded, now: datetime) -> datetime:
    """The moment a sheet is drawn for: a session that has ended does not age."""
    return as_of(folded) if folded.state.phase in ("closed", "abandoned", "released") else now


def band_of(state: State, predicted: Forecast) -> Band:
    """What the band says at a moment: low to high of ketamine; nothing where there is no band."""
    band, zero = predicted.band, state.started_at

    def say(at: datetime) -> str:
        if band is None or zero is None:
            return ""
        seconds = (at - zero).total_seconds()
        index = min(range(len(band.times_s)), key=lambda each: abs(float(band.times_s[each]) - seconds))
        if abs(float(band.times_s[index]) - seconds) > 60:
            return ""
        curve = band.ketamine_ng_per_ml
        return f"{float(curve.q05[index]):.0f}–{float(curve.q95[index]):.0f}"

    return say


class _Writing:
    """One session on its way to paper."""

    def __init__(self, folded: Folded, at: datetime, drawing: Drawing) -> None:
        self.folded, self.at, self.drawing = folded, at, drawing
        self.state, self.rules = folded.state, folded.rules

    def stamped(self, text: str, stamp: Stamp) -> str:
        """A text with the time it was said."""
        return f"{text} · {self.drawing.clock(stamp.at)}"

    def header(self) -> Iterator[Line]:
        """Plan, weight, order, syringe, check, time-out and baseline."""
        state = self.state
        if state.planned is not None:
            plan = state.planned.body
            protocol = self.rules.protocols.get(plan.protocol)
            version = protocol.version if protocol else "not in the library"
            yield Line("plan.indication", "Indication", plan.indication)
            yield Line("plan.infusion", "Infusion", str(plan.infusion_number))
            yield Line("plan.protocol", "Protocol", f"{plan.protocol} @ {version}")
        yield self._weight()
        yield from self._order()
        yield from self._preparations()
        if state.timeout is not None:
            stamp = state.timeout.stamp
            yield Line("timeout", "Time-out", self.stamped("complete, answers below", stamp), _who(stamp))
        if state.baseline is not None:
            values = state.baseline_values
            text = "; ".join(f"{self._label(name)} {value:g}" for name, value in sorted(values.items()))
            yield Line("baseline", "Baseline", self.stamped(text, state.baseline.stamp))

    def _label(self, signal: str) -> str:
        known = self.rules.signals.signal(signal)
        return known.label if known else signal

    def _weight(self) -> Line:
        weight_g, said = weight_today_g(self.rules, self.state), self.state.checkin.get("weight")
        if weight_g is None or said is None:
            return Line("weight", "Weight", "not measured")
        return Line("weight", "Weight", self.stamped(shown(weight_g, "kg"), said.stamp), _who(said.stamp))

    def _order(self) -> Iterator[Line]:
        order = self.state.order
        if order is None:
            yield Line("order", "Order", "none")
            return
        event = next(each for each in self.folded.events if each.id == order.stamp.event)
        standing = words_of(event, self.rules) if typed(event) == order.body else "as corrected in the grid"
        yield Line("order", "Order", self.stamped(standing, order.stamp), _who(order.stamp))

    def _preparations(self) -> Iterator[Line]:
        for each in self.state.preparations:
            body, number = each.body, each.body.number
            vials = "; ".join(
                f"vial {shown(vial.strength_ug_per_ml, 'mg/mL')} lot {vial.lot} expiry {vial.expiry}, "
                f"{ml(vial.drawn_ul)} drawn"
                for vial in body.vials
            )
            syringe = (
                f"syringe {mg(body.drawn_ug)} in {ml(body.final_ul)} = "
                f"{shown(body.concentration_ug_per_ml, 'mg/mL')}; plan {rate(body.rate_ul_per_h)}, "
                f"{ml(body.volume_ul)}"
            )
            text = "; ".join(part for part in (vials, syringe) if part)
            stamp = each.begun.stamp
            yield Line(
                f"preparation.{number}", f"Preparation {number}", self.stamped(text, stamp), _who(stamp)
            )
            checked = each.checks[-1] if each.checks else None
            found = "not checked"
            if checked is not None:
                word = "agrees" if checked.body.agrees else "DIFFERS: not used"
                found = self.stamped(word, checked.stamp)
            yield Line(
                f"preparation.{number}.check",
                f"Checked blind, {number}",
                found,
                _who(checked.stamp) if checked else (),
            )

    def checkin(self) -> Iterator[Line]:
        """Each answered item in the list's order, and the stops that were let pass."""
        for item in self.rules.checkin.items:
            said = self.state.checkin.get(item.id)
            if said is not None:
                text = answers_of(self.rules.checkin, item.id, said.body.answers, clock=self.drawing.clock)
                yield Line(
                    f"checkin.{item.id}", item.question, self.stamped(text, said.stamp), _who(said.stamp)
                )
        for index, said in enumerate(self.state.overrides, start=1):
            text = self.stamped(f"{said.body.rule}: {said.body.reason}", said.stamp)
            yield Line(f"override.{index}", "Let pass", text, _who(said.stamp))

    def timeout(self) -> Iterator[Line]:
        """Each item of the time-out as it was answered."""
        answers = self.state.timeout.body.answers if self.state.timeout else {}
        for item in self.rules.timeout.items:
            given = {
                field.id: answers[f"{item.id}.{field.id}"]
                for field in item.fields
                if f"{item.id}.{field.id}" in answers
            }
            if given:
                text = answers_of(self.rules.timeout, item.id, given, clock=self.drawing.clock)
                yield Line(f"timeout.{item.id}", item.question, text)

    def alarms(self) -> Iterator[Line]:
        """Each alarm with start, end and who has seen it."""
        for each in session_alarms(self.state, self.at):
            alarm, seen = each.alarm, each.acknowledged
            ended = self.drawing.clock(alarm.ended_at) if alarm.ended_at else "open"
            said = f"seen {self.drawing.clock(seen.stamp.at)}" if seen else "not acknowledged"
            text = f"{self.drawing.clock(alarm.started_at)}–{ended} · {alarm.text} · {said}"
            yield Line(f"alarm.{alarm.key}", alarm.priority, text, _who(seen.stamp) if seen else ())

    def readiness(self) -> Iterator[Line]:
        """Each criterion as it stood when the patient left, or now."""
        for each in assessed_at_the_end(self.state, self.rules, self.at):
            excused = self.state.excused.get(each.criterion_id)
            seen = [found for _, found in each.evidence if found is not None]
            when = f" · {self.drawing.clock(max(found.at for found in seen))}" if seen else ""
            why = f"; exception: {excused.body.reason}" if excused else ""
            who = tuple(sorted({found.by for found in seen if found.by})) + (
                (excused.stamp.by,) if excused else ()
            )
            text = f"{each.state.upper()} · {each.reason}{when}{why}"
            yield Line(f"ready.{each.criterion_id}", each.title, text, who)

    def ending(self) -> Iterator[Line]:
        """How the session ended for the patient."""
        release, abandoned = self.state.release, self.state.abandoned
        if release is not None:
            body = release.body
            said = f"{body.disposition}{'; escort ' + body.escort if body.escort else ''}"
            said += f"; {body.note}" if body.note else ""
            yield Line("disposition", "Disposition", self.stamped(said, release.stamp), _who(release.stamp))
        if abandoned is not None:
            text = self.stamped(abandoned.body.reason, abandoned.stamp)
            yield Line("abandoned", "Sent home before the start", text, _who(abandoned.stamp))
        yield Line("state", "State", self.state.phase)

    def drug(self) -> Iterator[Line]:
        """The drug books: the sum of each substance, and every syringe and vial of it."""
        for book in self.rules.books(self.state):
            yield Line(f"drug.{book.substance}", book.substance, book_text(book))
            for container in book.syringes:
                yield Line(
                    f"drug.{book.substance}.{container.container}", container.container, went(container)
                )
            for container in book.vials:
                yield Line(
                    f"drug.{book.substance}.{container.container}",
                    f"vial {container.container}",
                    went(container),
                )
        for said in self.state.drugs:
            body, stamp = said.body, said.stamp
            if isinstance(body, payloads.DrugCounted) and body.account == "waste" and body.amount_ug:
                yield Line(f"waste.{stamp.event}", "Waste", self._waste(said.stamp, body), _who(stamp))
            elif isinstance(body, payloads.WasteWitnessed):
                text = self.stamped(f"sealed waste destroyed {body.method}".strip(), stamp)
                yield Line(f"waste.{stamp.event}", "Waste witnessed", text, _who(stamp))

    def _waste(self, stamp: Stamp, body: payloads.DrugCounted) -> str:
        how = f"witnessed; {body.method}" if stamp.authorised_by else f"sealed, seal {body.seal or 'none'}"
        return self.stamped(f"{body.substance} {body.container} {mg(body.amount_ug)}, {how}", stamp)

    def conflicts(self) -> Iterator[Line]:
        """What did not fit, and how a person said it is to be read."""
        for index, each in enumerate(self.state.conflicts, start=1):
            settled = each.settled
            text = f"{each.text}: {settled.body.resolution if settled else 'OPEN'}"
            yield Line(f"conflict.{index}", "Did not fit", text, _who(settled.stamp) if settled else ())
        for said in self.state.notes:
            if isinstance(said.body, payloads.ConflictSettled) and ":" in said.body.conflict:
                text = self.stamped(f"{said.body.conflict}: {said.body.resolution}", said.stamp)
                yield Line(f"settled.{said.stamp.event}", "Explained", text, _who(said.stamp))

    def signatures(self) -> Iterator[Line]:
        """Who signed, as what, over which head."""
        for each in self.state.signatures:
            text = self.stamped(f"{each.body.meaning} Over {each.body.head[:16]}", each.stamp)
            yield Line(f"signature.{each.stamp.event}", f"Signed, {each.body.role}", text, _who(each.stamp))

    def addenda(self) -> Iterator[Line]:
        """What was added after the close."""
        for each in self.state.addenda:
            text = self.stamped(each.body.text, each.stamp)
            yield Line(f"addendum.{each.stamp.event}", "Addendum", text, _who(each.stamp))

    def footer(self) -> Iterator[Line]:
        """What pins this page: events, head, record hash, library."""
        yield Line("footer.session", "Session", self.folded.session)
        yield Line("footer.events", "Events", str(self.folded.length))
        yield Line("footer.head", "Head of the chain", self.folded.head)
        closed = self.state.closed
        if closed is not None:
            over = f"{closed.body.record_sha256} over {length_at_close(self.folded)} events"
            yield Line("footer.record", "Record SHA-256 at close", over, _who(closed.stamp))
        yield Line("footer.library", "Library", self.rules.digest)


def book_text(book: Book) -> str:
    """The sum of a book in one line."""
    parts = (
        f"drawn {mg(book.drawn_ug)} = given {mg(book.given_ug)} + line {mg(book.line_ug)} + "
        f"waste {mg(book.waste_ug)} + returned {mg(book.returned_ug)}"
    )
    allowed = "none signed" if book.tolerance_ug is None else mg(book.tolerance_ug)
    return f"{parts}; Δ {mg(book.difference_ug)} (tolerance {allowed}): {book.outcome}"


def went(container: ContainerBook, *, entered: str = "held") -> str:
    """What entered one vial or syringe and where it went."""
    amounts: Mapping[str, int | None] = {str(name): amount for name, amount in container.went_ug.items()}
    where = ", ".join(f"{name} {mg(amount)}" for name, amount in amounts.items())
    return (
        f"{entered} {mg(container.entered_ug)}; {where}; Δ {mg(container.difference_ug)}: {container.outcome}"
    )


def people_of(lines: Iterable[Line], grid: Iterable[Row]) -> set[str]:
    """Every opaque id that a printed sheet gives a name."""
    found = {each for line in lines for each in line.who}
    return found | {who for row in grid for who in (row.cells["by"], row.second) if who}


def _who(stamp: Stamp) -> tuple[str, ...]:
    return (stamp.by, stamp.authorised_by) if stamp.authorised_by else (stamp.by,)
