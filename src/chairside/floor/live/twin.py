"""What the page's own alarms start from, in the shape of their scripts (`alarms.js`)."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chairside.core.safety import Alarm, Watch
from chairside.core.session import Rules

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RENAMED = {"interval_s": "interval"}
GIVEN_APART = frozenset({"limits", "signals", "ended"})
"""The rules stand once on the page, and alarms that ended are the clinic's to tell."""


def watch_document(watch: Watch) -> Mapping[str, Any]:
    """A watch as its script holds it: names in camel case, instants and spans in whole microseconds."""
    document = {
        _camel(each.name): _plain(getattr(watch, each.name))
        for each in fields(watch)
        if each.name not in GIVEN_APART
    }
    return {**document, "ended": []}


def rules_document(rules: Rules) -> Mapping[str, Any]:
    """The signed limits and signals, with the names they have in the library."""
    return {"limits": msgspec.to_builtins(rules.limits), "signals": msgspec.to_builtins(rules.signals)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - EPOCH) // timedelta(microseconds=1)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, Alarm):  # an alarm crosses to the page under the names of its record
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if is_dataclass(value):
        return {RENAMED.get(each.name, _camel(each.name)): _field(each.name, value) for each in fields(value)}
    return list(value) if isinstance(value, tuple) else value


def _field(name: str, owner: Any) -> Any:
    value = getattr(owner, name)
    return round(value * 1_000_000) if name == "interval_s" and value is not None else _plain(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)
