"""What has to be remembered of all readings so far, so that alarms follow from it and the time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from chairside.core.quantities import Sourced
from chairside.core.safety.limits import Asks, Limits, Priority
from chairside.core.safety.signals import Signals

AlarmKind = Literal["limit", "change", "stale", "missing", "technical", "no signal"]
PHYSIOLOGICAL: frozenset[AlarmKind] = frozenset({"limit", "change"})
LOUDNESS: Mapping[Priority, int] = MappingProxyType({"low": 0, "medium": 1, "high": 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm from its start to its end; `key` names it for acknowledgement and does not change.

    `text` is what was known when it was raised. `value` is the worst accepted value since, seen at
    `value_at`. A limit alarm ends with the next accepted value within the limit, an alarm of silence with
    the next accepted value of its signal, and all of them when monitoring ends.
    """

    key: str
    signal: str
    kind: AlarmKind
    priority: Priority
    action: Asks
    limit_id: str
    text: str
    value: float | None
    started_at: datetime
    ended_at: datetime | None
    events: tuple[str, ...]
    value_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A limit is crossed since then; `worst` is the value furthest beyond it."""

    since: datetime
    event: str
    worst: float
    worst_at: datetime
    worst_event: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """Values that were not believed but, if true, would alarm: since when, when that is due, how loud."""

    signal: str
    due: datetime
    priority: Priority
    text: str
    event: str


@dataclass(frozen=True, slots=True)
class Sight:
    """One continuous signal of the monitor: when it was last measured, and since when it says it is not.

    `heard_at` and `interval_s` tell how often it reports; `measured` is false where it is only expected.
    """

    seen_at: datetime
    event: str
    heard_at: datetime
    interval_s: float | None = None
    unmeasured_since: datetime | None = None
    unmeasured_event: str = ""
    why: str = ""
    measured: bool = True


def nothing() -> Mapping[str, Any]:
    """An empty mapping."""
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The state of all alarms after the readings so far; it grows only by alarms that ended.

    `standing` are the raised alarms by limit; `until` is the last moment that was looked at.
    """

    limits: Limits
    signals: Signals
    baseline: Mapping[str, float] = field(default_factory=nothing)
    monitored_since: datetime | None = None
    crossings: Mapping[str, Crossing] = field(default_factory=nothing)
    doubts: Mapping[str, Doubt] = field(default_factory=nothing)
    sights: Mapping[str, Sight] = field(default_factory=nothing)
    cuff_at: datetime | None = None
    standing: Mapping[str, Alarm] = field(default_factory=nothing)
    ended: tuple[Alarm, ...] = ()
    limit_ended_at: datetime | None = None
    heard_again_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """An alarm that will stand at `at` unless a reading comes first; `alarm` makes it, once it is due.

    `rank` orders those of one moment: limits before silence, all signals together before one of them.
    """

    at: datetime
    rank: int
    limit_id: str
    alarm: Callable[[], Alarm]

    @property
    def order(self) -> tuple[datetime, int, str]:
        """The order in which alarms are raised."""
        return self.at, self.rank, self.limit_id


def without(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The mapping without that name."""
    return MappingProxyType({key: value for key, value in found.items() if key != name})


def holding(found: Mapping[str, Any], name: str, value: Any) -> Mapping[str, Any]:
    """The mapping with that name standing for the value."""
    return MappingProxyType({**found, name: value})


def seconds(number: Sourced) -> timedelta:
    """A sourced number of seconds as a span."""
    return timedelta(seconds=float(number.value))


def key_of(limit_id: str, at: datetime) -> str:
    """The name of an alarm: what raised it and when it began."""
    return f"{limit_id}@{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}"


def end(watch: Watch, limit_ids: Iterable[str], at: datetime, *, event: str = "") -> Watch:
    """The watch with these alarms ended, where they stand, by the reading `event` if one ended them."""
    for limit_id in limit_ids:
        if (alarm := watch.standing.get(limit_id)) is None:
            continue
        events = tuple(dict.fromkeys((*alarm.events, event))) if event else alarm.events
        over = replace(alarm, ended_at=at, events=events)
        limit_ended_at = at if alarm.kind in PHYSIOLOGICAL else watch.limit_ended_at
        watch = replace(
            watch,
            standing=without(watch.standing, limit_id),
            ended=(*watch.ended, over),
            limit_ended_at=limit_ended_at,
        )
    return watch
