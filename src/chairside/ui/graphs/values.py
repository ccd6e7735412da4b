"""What is drawn: plain values on one time axis, in seconds since T0 (negative before it).

The drawing knows no clinical number: limits, bands and due times are handed in.
"""

from dataclasses import dataclass
from typing import Literal

Signal = Literal["bp", "hr", "spo2", "rr"]
Substance = Literal["ketamine", "norketamine"]
Severity = Literal["high", "med", "low"]
MarkKind = Literal["act", "drug", "pump", "alarm-high", "alarm-med", "note"]


@dataclass(frozen=True, slots=True)
class Pressure:
    """One blood pressure, drawn as a bar from systolic to diastolic."""

    t_s: float
    sys_mmhg: float
    dia_mmhg: float


@dataclass(frozen=True, slots=True)
class Series:
    """One signal over time: (t_s, value), `None` where there was none.

    The line breaks at `None` and wherever two values are more than `gap_s` apart: a gap is drawn as a gap.
    """

    signal: Signal
    points: tuple[tuple[float, float | None], ...]
    gap_s: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a signal was not heard, hatched, with what is said about it ("no signal 2:30")."""

    signal: Signal
    start_s: float
    end_s: float
    label: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A signed limit of a signal, as a dashed line with its words ("hold 160")."""

    signal: Signal
    value: float
    label: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Band:
    """A prediction: (t_s, low, middle, high) in ng/mL. Hatched and dashed; never drawn as measured."""

    substance: Substance
    points: tuple[tuple[float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class RateStep:
    """The pump at one rate for a time; `planned` is what lies ahead if nothing changes. Rate 0 is a pause."""

    start_s: float
    end_s: float
    rate_ml_per_h: float
    label: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened, as a filled shape with its words."""

    t_s: float
    text: str
    kind: MarkKind = "act"


@dataclass(frozen=True, slots=True)
class Due:
    """A check that is due, as an open circle; `late` once its time has passed unanswered."""

    t_s: float
    text: str
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything drawn for one session, between `start_s` and `end_s` on the axis.

    `now_s` is `None` on a printed record. `band_label` says which share of virtual patients a band
    holds ("90 % band"). `zero_clock` is the wall clock at T0 ("10:22"), written under it.
    """

    start_s: float
    end_s: float
    now_s: float | None = None
    title: str = "Vital signs, infusion and acts over time"
    pressures: tuple[Pressure, ...] = ()
    series: tuple[Series, ...] = ()
    gaps: tuple[Gap, ...] = ()
    limits: tuple[Limit, ...] = ()
    bands: tuple[Band, ...] = ()
    band_label: str = ""
    steps: tuple[RateStep, ...] = ()
    marks: tuple[Mark, ...] = ()
    dues: tuple[Due, ...] = ()
    zero_clock: str = ""

    def __post_init__(self) -> None:
        if not self.end_s > self.start_s:
            raise ValueError("chart: expected an axis that ends after it starts")
