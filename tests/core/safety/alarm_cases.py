"""What the cases of tests/spec/safety/alarms.toml are judged by, as objects and as the JSON a page gets."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from chairside.core.safety import Limits, Signals

CASES = tomllib.loads((Path(__file__).parents[2] / "spec" / "safety" / "alarms.toml").read_text("utf-8"))[
    "case"
]
START = datetime(2026, 3, 14, 17, 0, tzinfo=UTC)


def number(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "tag": "D", "source": "test"}


def limit(name: str, signal: str, comparison: str, threshold: dict[str, Any], **said: Any) -> dict[str, Any]:
    return {
        "id": name,
        "signal": signal,
        "label": name,
        "comparison": comparison,
        "threshold": threshold,
        "delay_s": number(0, "s"),
        "priority": "high",
        "action": "stop",
        "basis": "absolute",
    } | said


def signal(name: str, unit: str, low: float, high: float) -> dict[str, Any]:
    cuff = unit == "mm[Hg]"
    return {
        "id": name,
        "label": name,
        "unit": unit,
        "low": number(low, unit),
        "high": number(high, unit),
        "continuous": not cuff,
        "stale_s": number(1200 if cuff else 90, "s"),
    }


HEAD = {"version": "1", "title": "test", "sources": ["test"]}
LIMITS_DOCUMENT = HEAD | {
    "id": "limits",
    "kind": "limits",
    "tier": "A",
    "recheck_within_s": number(120, "s"),
    "silence": {
        "one": "medium",
        "together": "high",
        "after_alarm": "high",
        "after_alarm_s": number(300, "s"),
        "episodic": "medium",
    },
    "limits": [
        limit("spo2-stop", "spo2_percent", "below", number(90, "%")),
        limit(
            "spo2-hold",
            "spo2_percent",
            "below",
            number(94, "%"),
            delay_s=number(30, "s"),
            priority="medium",
            action="hold",
        )
        | {"id": "spo2-hold"},
        limit(
            "sbp-rise",
            "sbp_mmhg",
            "above",
            number(30, "%"),
            basis="over_baseline",
            priority="medium",
            action="notify",
        ),
        limit(
            "hr-high",
            "hr_per_min",
            "above",
            number(120, "/min"),
            delay_s=number(300, "s"),
            priority="medium",
            action="hold",
        ),
    ],
}
SIGNALS_DOCUMENT = HEAD | {
    "id": "signals",
    "kind": "signals",
    "lost_s": number(15, "s"),
    "pulse_stands_in": [["hr_per_min", "pulse_per_min"]],
    "cuff": {"jump_mmhg": number(60, "mm[Hg]"), "jump_within_s": number(300, "s")},
    "signals": [
        signal("spo2_percent", "%", 30, 100),
        signal("hr_per_min", "/min", 20, 250),
        signal("pulse_per_min", "/min", 20, 250),
        signal("sbp_mmhg", "mm[Hg]", 40, 250),
    ],
}
LIMITS = msgspec.convert(LIMITS_DOCUMENT, Limits, strict=True)
SIGNALS = msgspec.convert(SIGNALS_DOCUMENT, Signals, strict=True)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def readings(values: dict[str, float]) -> list[dict[str, Any]]:
    """A tick; 0 was sent and not measured."""
    return [
        {
            "signal": name,
            "value": value or None,
            "verdict": "accepted" if value else "not_measured",
            "reason": "" if value else "not measured",
            "source": "monitor",
        }
        for name, value in values.items()
    ]


def deep(case: dict[str, Any]) -> bool:
    """Whether the low limit of 90 stands beside that of 94: cases below 90 cross both."""
    return any(value and value < 90 for _, values in case["ticks"] for name, value in values.items())
