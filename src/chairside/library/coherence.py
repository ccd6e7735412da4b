"""Whether library files fit each other: the names they use of one another, and limits that must agree."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from chairside.core.instruments import Instrument
from chairside.core.protocols import PreparationRules, Protocol
from chairside.core.quantities import whole
from chairside.core.safety.acts import Acts
from chairside.core.safety.checklist import Checklist, fact_ids
from chairside.core.safety.conditions import Condition
from chairside.core.safety.limits import Limit, Limits
from chairside.core.safety.readiness import Readiness
from chairside.core.safety.schedule import Schedule
from chairside.core.safety.signals import Signals
from chairside.core.safety.stops import Rule
from chairside.library.loader import Key, LibraryFile
from chairside.library.terminology import Terminology

Misfit = tuple[LibraryFile, str, str]
"""The file, the field in it, and what does not fit."""

T = TypeVar("T")

FROM_BEFORE = ("known.", "target.", "baseline.")
"""Facts that come from the record and the session, not from an answer of the same checklist."""


def incoherent(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """Everything in which these files do not fit each other."""
    yield from _facts_of_rules(files)
    yield from _facts_of_criteria(files)
    yield from _schedule(files)
    yield from _limits(files)
    yield from _tiers(files)
    yield from _starts(files)
    yield from _covering(files)
    yield from _weights(files)


def _all(files: Mapping[Key, LibraryFile], kind: type[T]) -> Iterator[tuple[LibraryFile, T]]:
    for file in files.values():
        if isinstance(file.typed, kind):
            yield file, file.typed


def _signals(files: Mapping[Key, LibraryFile]) -> frozenset[str]:
    return frozenset(row["name"] for _, table in _all(files, Terminology) for row in table.signals)


def _acts(files: Mapping[Key, LibraryFile]) -> frozenset[str]:
    return frozenset(act.id for _, acts in _all(files, Acts) for act in acts.acts)


def _facts_of_rules(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """A rule about a fact that nothing gives would stop every session."""
    for file, checklist in _all(files, Checklist):
        given = fact_ids(checklist)
        for position, rule in enumerate(checklist.rules):
            for fact in rule.facts:
                if fact not in given and not fact.startswith(FROM_BEFORE):
                    yield file, f"rules[{position}]", f"there is no answer or fact {fact!r}"


def _facts_of_criteria(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    acts, signals = _acts(files), _signals(files)
    for file, readiness in _all(files, Readiness):
        own = {f"{criterion.id}.{field.id}" for criterion in readiness.criteria for field in criterion.fields}
        own |= {"infusion.stopped_at", "recovery.stable_sets"}
        own |= {f"act.{act}" for act in acts} | {f"reading.{signal}" for signal in signals}
        for position, criterion in enumerate(readiness.criteria):
            for fact in criterion.facts:
                if fact not in own and not fact.startswith(FROM_BEFORE):
                    yield file, f"criteria[{position}]", f"there is no answer, act or signal {fact!r}"
        for condition in readiness.stable.needs:
            if condition.fact.removeprefix("set.") not in signals:
                yield file, "stable.needs", f"there is no signal {condition.fact!r}"


def _schedule(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    acts, signals = _acts(files), _signals(files)
    for file, schedule in _all(files, Schedule):
        for position, check in enumerate(schedule.checks):
            for name in sorted({*check.acts} - acts):
                yield file, f"checks[{position}].acts", f"there is no act {name!r}"
            for name in sorted({*check.signals} - signals):
                yield file, f"checks[{position}].signals", f"there is no signal {name!r}"


def _limits(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """A limit is on a signal there is, in its unit; a signal has a code a machine sends, or is an act."""
    units = {signal.id: signal.unit for _, table in _all(files, Signals) for signal in table.signals}
    for file, limits in _all(files, Limits):
        for position, limit in enumerate(limits.limits):
            unit = units.get(limit.signal)
            if unit is None:
                yield file, f"limits[{position}].signal", f"there is no signal {limit.signal!r}"
            elif limit.threshold.unit != unit and (limit.basis == "absolute" or limit.threshold.unit != "%"):
                reason = f"expected the unit of {limit.signal}, {unit}, not {limit.threshold.unit}"
                yield file, f"limits[{position}].threshold", reason
    known = _signals(files) | {f"act.{name}" for name in _acts(files)}
    for file, table in _all(files, Signals):
        for name in sorted({signal.id for signal in table.signals} - known):
            yield file, "signals", f"no code and no act means the signal {name!r}"


def _tiers(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """Limits and schedule belong to the same tiers of care."""
    limited = {limits.tier for _, limits in _all(files, Limits)}
    for file, schedule in _all(files, Schedule):
        if schedule.tier not in limited:
            yield file, "tier", f"there are no limits of the tier {schedule.tier}"


def _starts(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """Nobody starts at a value at which a running infusion would be held or stopped."""
    halting = [
        limit
        for _, limits in _all(files, Limits)
        for limit in limits.limits
        if limit.action in {"hold", "stop"} and limit.basis == "absolute"
    ]
    for file, checklist in _all(files, Checklist):
        for position, rule in enumerate(checklist.rules):
            for condition in rule.when:
                for limit in halting:
                    if condition.fact == f"baseline.{limit.signal}" and _starts_late(condition, limit):
                        yield file, f"rules[{position}]", f"lets start where {limit.id} would halt"


def _starts_late(condition: Condition, limit: Limit) -> bool:
    if condition.limit is None:
        return False
    upward = {"above", "at_least"}
    if condition.op in upward and limit.comparison in upward:
        return condition.limit.value > limit.threshold.value
    return (
        condition.op == "below"
        and limit.comparison in {"below", "at_most"}
        and condition.limit.value < limit.threshold.value
    )


def missing_instruments(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """The instruments a protocol names without a file here: their totals are typed, nothing is scored."""
    here = {name.casefold() for file, _ in _all(files, Instrument) for name in (file.id, file.title)}
    for file, protocol in _all(files, Protocol):
        for name in protocol.instruments:
            if name.casefold() not in here:
                yield file, "instruments", f"there is no file of the instrument {name}: its total is typed"


def _covering(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """A rule that covers a milder one must stop no later than it: else the milder would be the stricter."""
    for file, checklist in _all(files, Checklist):
        rules = {rule.id: rule for rule in checklist.rules}
        for position, rule in enumerate(checklist.rules):
            if rule.covered_by and (reason := _covers_badly(rule, rules[rule.covered_by])):
                yield file, f"rules[{position}]", reason


def _covers_badly(rule: Rule, stricter: Rule) -> str:
    for mild in rule.when:
        for strong in stricter.when:
            if strong.fact == mild.fact and _crossed(mild, strong):
                return f"its limit for {mild.fact} lies beyond that of {stricter.id}, which covers it"
    return ""


def _crossed(mild: Condition, strong: Condition) -> bool:
    if mild.limit is None or strong.limit is None:
        return False
    if mild.op in {"above", "at_least"} and strong.op in {"above", "at_least"}:
        return mild.limit.value > strong.limit.value
    return mild.op == strong.op == "below" and mild.limit.value < strong.limit.value


def _weights(files: Mapping[Key, LibraryFile]) -> Iterator[Misfit]:
    """What is asked while a weight is typed, and what stops afterwards, are the same limits."""
    rules = [preparation.weight for _, preparation in _all(files, PreparationRules)]
    said = {
        "below": {whole(each.plausible_min, "g") for each in rules},
        "above": {whole(each.plausible_max, "g") for each in rules},
        "changed_over": {whole(each.change_questioned_above, "ppm") for each in rules},
    }
    for file, checklist in _all(files, Checklist):
        for position, rule in enumerate(checklist.rules):
            for condition in rule.when:
                if condition.fact != "weight.weight_g" or condition.op not in said or condition.limit is None:
                    continue
                base = "ppm" if condition.op == "changed_over" else "g"
                if rules and whole(condition.limit, base) not in said[condition.op]:
                    yield file, f"rules[{position}]", "differs from what the preparation asks about a weight"
