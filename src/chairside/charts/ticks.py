"""What a monitor's message says, tick by tick: the values the gate lets through, and when they were true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chairside.core.safety import Signals, gate
from chairside.core.safety.gate import CUFF, CuffBefore
from chairside.core.session.payloads import GatedValue
from chairside.interop.hl7v2 import OruMessage, RawReading

IN_STEP = timedelta(minutes=5)
"""Two clocks that differ by no more are taken to agree (IHE PCD allows unsynchronised ones 300 s)."""

OUT_OF_REACH = timedelta(days=1)
"""A device whose clock is further off than this has not been set."""

LOWER_IS_SAFER = frozenset({"spo2_percent", "rr_per_min"})


class ClockNotSet(ValueError):
    """The device's clock is more than a day away from the clinic's."""


@dataclass(frozen=True, slots=True)
class DeviceClock:
    """How a message's times are placed on the clinic's clock: see `clock_of`."""

    received_at: datetime
    lead: timedelta
    doubt: str

    def offset_ms(self, observed_at: datetime) -> int:
        """What to take off a device's time so that it has happened; 0 where it stands as sent."""
        beyond = observed_at - self.lead - self.received_at
        lead = self.lead + beyond if beyond > timedelta(0) else self.lead
        return ceil(lead / timedelta(milliseconds=1))

    def happened_at(self, observed_at: datetime) -> datetime:
        """The device's time on the clinic's clock, never in the future."""
        return observed_at - timedelta(milliseconds=self.offset_ms(observed_at))

    def why_doubted(self, observed_at: datetime) -> str:
        """Why a value of this time is not taken as verified; empty where the clocks agree."""
        ahead = observed_at - self.lead - self.received_at
        if not self.doubt and ahead > IN_STEP:
            return f"the value's time is {_spoken(ahead)} ahead of the clinic's clock"
        return self.doubt


def clock_of(message: OruMessage, *, received_at: datetime, kept_time: bool) -> DeviceClock:
    """Compares the device's clock, as MSH-7 or else the newest observation shows it, with the clinic's.

    Up to five minutes behind, times stand as sent: a message takes a while. Ahead, the difference becomes
    the offset, for nothing is observed in the future. More than five minutes off either way, the difference
    is the offset and every value is doubted, so it becomes `unverified`: nobody can tell a slow clock from a
    late message. Only where the device `kept_time` before in this session is an old message a late one: it
    stands at its own time. More than a day off raises `ClockNotSet`.
    """
    times = [each.observed_at for each in message.readings]
    lead = (message.sent_at or max(times)) - received_at
    if abs(lead) > OUT_OF_REACH or max(times) - received_at > OUT_OF_REACH:
        raise ClockNotSet("the device's clock is more than a day off; set it, and check its time zone here")
    if lead > IN_STEP:
        return DeviceClock(received_at, lead, f"the monitor's clock is {_spoken(lead)} ahead of the clinic's")
    if lead > timedelta(0):
        return DeviceClock(received_at, lead, "")
    if -lead <= IN_STEP or kept_time:
        return DeviceClock(received_at, timedelta(0), "")
    doubt = f"{_spoken(-lead)} old by the monitor's clock: it is slow, or the message came late"
    return DeviceClock(received_at, lead, doubt)


def gated_tick(
    readings: Sequence[RawReading], signals: Signals, *, before: Sequence[CuffBefore], doubt: str = ""
) -> tuple[GatedValue, ...]:
    """The readings of one moment, judged together; one value per signal.

    What the wire already gave no number for is not measured, with its reason. Of two channels that both
    pass, the lower saturation or breathing rate is kept, for all other signals the first; the reason says so.
    A doubted value that would pass is unverified, and a cuff cycle with it whole.
    """
    chosen = _one_each(readings, signals)
    gated = gate({name: each.value for name, (each, _) in chosen.items()}, signals, before=before)
    shaky = any(chosen[name][0].unverified for name in CUFF if name in chosen)
    told = []
    for each in gated:
        reading, channels = chosen[each.signal]
        verdict, reason = each.verdict, each.reason
        if reading.value is None:
            reason = reading.reason or reason
        elif verdict == "accepted":
            wary = reading.unverified or bool(doubt) or (shaky and each.signal in CUFF)
            verdict = "unverified" if wary else verdict
            reason = "; ".join(part for part in (doubt, reading.reason, channels) if part)
        told.append(GatedValue(each.signal, each.value, each.unit, verdict, reason))
    return tuple(told)


def _one_each(readings: Sequence[RawReading], signals: Signals) -> dict[str, tuple[RawReading, str]]:
    """The reading kept for each signal, and what the other channels of it said."""
    by_signal: dict[str, list[RawReading]] = {}
    for reading in readings:
        if reading.signal:
            by_signal.setdefault(reading.signal, []).append(reading)
    return {name: _kept(name, channels, signals) for name, channels in by_signal.items()}


def _kept(signal: str, channels: Sequence[RawReading], signals: Signals) -> tuple[RawReading, str]:
    measured = [each for each in channels if each.value is not None]
    if len(measured) < 2:
        return (measured or channels)[0], ""
    believed = [each for each in measured if _passes(signal, each, signals)] or measured
    lower = signal in LOWER_IS_SAFER
    kept = min(believed, key=_value) if lower else believed[0]
    others = sorted({_value(each) for each in believed} - {_value(kept)})
    if not others:
        return kept, ""
    also = " and ".join(f"{value:g}" for value in others)
    return kept, f"{'the lower' if lower else 'the first'} of several channels; also sent: {also}"


def _passes(signal: str, reading: RawReading, signals: Signals) -> bool:
    """Whether this channel alone would pass; a cuff cycle is only judged whole."""
    if signal in CUFF:
        return not reading.unverified
    alone = gate({signal: reading.value}, signals)[0]
    return alone.verdict == "accepted" and not reading.unverified


def _value(reading: RawReading) -> float:
    if reading.value is None:
        raise ValueError("expected a reading with a value")
    return reading.value


def _spoken(gap: timedelta) -> str:
    minutes = gap / timedelta(minutes=1)
    return f"{minutes:.0f} min" if minutes < 120 else f"{minutes / 60:.0f} h"
