"""The value gate of the wire: what stands in OBX-5 becomes a number, or says why it is none.

It knows spelling, sentinels, units, flags and states; whether a number is possible in a living
person is judged elsewhere.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from chairside.interop.hl7v2.codes import Codes, Meaning, Signal

Verdict = Literal["numeric", "not_measured", "refused", "unknown", "structure"]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_LONGEST_NUMBER = 16
_NUMERIC_TYPES = frozenset({"", "NM", "ST", "TX"})
_ZERO_SAYS = "0 here means not measured, or nothing there to measure: look at the patient"


@dataclass(frozen=True, slots=True)
class TextValue:
    """What a text turned out to be, and why; `unverified` keeps a number that a person should look at."""

    value: float | None
    verdict: Verdict
    reason: str = ""
    unverified: bool = False


def text_value(text: str, *, signal: Signal, codes: Codes) -> TextValue:
    """The number a text spells, judged by its spelling, the sentinels and the signal's zero alone."""
    text = text.strip()
    if text in {"", '""'}:
        return TextValue(None, "not_measured", "no value sent")
    if not _NUMBER.fullmatch(text) or len(text) > _LONGEST_NUMBER:
        return TextValue(None, "refused", _why_no_number(text))
    number = float(text)
    if number in codes.not_measured:
        return TextValue(None, "not_measured", f"{text} stands for not measured")
    if number == 0 and signal.zero_is_not_measured:
        return TextValue(None, "not_measured", _ZERO_SAYS)
    if number < 0:
        return TextValue(None, "refused", f"{text} is below zero")
    return TextValue(number, "numeric")


def unit_value(value: float, *, unit: Sequence[str], signal: Signal, codes: Codes) -> TextValue:
    """A number in the signal's own unit, from the unit codes and spellings sent with it.

    Fahrenheit becomes Celsius; any other foreign, unknown or contradicting unit is refused.
    """
    sent = [part for part in unit if part.strip()]
    named = codes.units_named(sent)
    if not sent and signal.unit_when_missing == signal.unit:
        return TextValue(value, "numeric", f"no unit sent, taken as {signal.unit}")
    if not sent:
        return TextValue(None, "refused", f"no unit sent, expected {signal.unit}")
    if named == {signal.unit}:
        return TextValue(value, "numeric")
    if named == {"[degF]"} and signal.unit == "Cel":
        return TextValue(
            round(float((Fraction(value) - 32) * 5 / 9), 2), "numeric", "converted from Fahrenheit"
        )
    shown = " ".join(_quoted(part) for part in sent)
    return TextValue(None, "refused", f"unit {shown}, expected {signal.unit}")


def gated_value(
    text: str, *, value_type: str, unit: Sequence[str], marks: "Marks", signal: Signal, codes: Codes
) -> TextValue:
    """OBX-2, -5, -6, -8 and -11 together: the most severe of what they say, then the number in our unit."""
    meaning, says = marks.meaning(codes)
    if meaning == "refused":
        return TextValue(None, "refused", says)
    if value_type not in _NUMERIC_TYPES:
        return TextValue(None, "refused", f"type {_quoted(value_type)}, expected NM")
    read = text_value(text, signal=signal, codes=codes)
    if read.verdict == "not_measured" or read.value is None:
        return read
    if meaning == "not_measured":
        return TextValue(None, "not_measured", says)
    measured = unit_value(read.value, unit=unit, signal=signal, codes=codes)
    if measured.value is None or meaning == "kept":
        return measured
    reason = "; ".join(part for part in (says, measured.reason) if part)
    return TextValue(measured.value, measured.verdict, reason, unverified=True)


@dataclass(frozen=True, slots=True)
class Marks:
    """OBX-8 flags and OBX-11 status; `cannot_obtain` is the device's setting for a value with status X."""

    flags: Sequence[str] = ()
    status: str = ""
    cannot_obtain: Literal["unverified", "not_measured"] = "unverified"

    def meaning(self, codes: Codes) -> tuple[Meaning, str]:
        """The most severe meaning among the marks, with its words."""
        found = [
            (codes.flags[flag].means, codes.flags[flag].says) for flag in self.flags if flag in codes.flags
        ]
        if self.status in codes.statuses:
            entry = codes.statuses[self.status]
            found.append((self.cannot_obtain if self.status == "X" else entry.means, entry.says))
        elif self.status:
            found.append(("unverified", f"status {_quoted(self.status)} is not known"))
        severity: tuple[Meaning, ...] = ("refused", "not_measured", "unverified")
        for meaning in severity:
            words = [says for means, says in found if means == meaning]
            if words:
                return meaning, "; ".join(words)
        return "kept", ""


def _why_no_number(text: str) -> str:
    if _COMMA.fullmatch(text):
        return f"{_quoted(text)} has a comma, expected a decimal point"
    if len(text) > _LONGEST_NUMBER:
        return f"expected a number of at most {_LONGEST_NUMBER} characters"
    return f"{_quoted(text)} is not a plain decimal number"


def _quoted(text: str) -> str:
    """A short text in quotes; a long one is not repeated, because it may hold a name."""
    return f"'{text}'" if len(text) <= _LONGEST_NUMBER else "(a long text)"
