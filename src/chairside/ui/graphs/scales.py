"""From values to places on the page: scales, ticks, and thinning that keeps every peak."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MINUTE_S = 60
TICK_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 240)
TICK_APART = 48.0


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight line from values `low…high` to places `at_low…at_high`."""

    low: float
    high: float
    at_low: float
    at_high: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.at_low + share * (self.at_high - self.at_low)


def time_ticks(start_s: float, end_s: float, width: float) -> list[int]:
    """Whole-minute ticks, far enough apart to be read, always through T0's own grid; in seconds."""
    fits = max(1.0, width / TICK_APART)
    step_min = next(
        (step for step in TICK_STEPS_MIN if (end_s - start_s) / MINUTE_S / step <= fits), TICK_STEPS_MIN[-1]
    )
    step_s = step_min * MINUTE_S
    return list(range(math.ceil(start_s / step_s) * step_s, math.floor(end_s / step_s) * step_s + 1, step_s))


def tick_words(t_s: float) -> str:
    """ "T0", "+15" or "−5": minutes since T0, with a true minus."""
    minutes = round(t_s / MINUTE_S)
    if minutes == 0:
        return "T0"
    return f"+{minutes}" if minutes > 0 else f"−{-minutes}"


def value_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Round values inside low…high, at most so many."""
    raw = (high - low) / at_most
    magnitude: float = 10.0 ** math.floor(math.log10(raw))
    step = next(factor * magnitude for factor in (1, 2, 4, 5, 10) if factor * magnitude >= raw * 0.999)
    first, last = math.ceil(low / step), math.floor(high / step)
    return [index * step for index in range(first, last + 1)]


def room_for(values: Iterable[float], *, low: float, high: float, grain: float) -> tuple[float, float]:
    """At least low…high, and further in whole grains where a value lies outside: nothing is cut off."""
    seen = [value for value in values if math.isfinite(value)]
    bottom = min([low, *(math.floor(value / grain) * grain for value in seen)])
    top = max([high, *(math.ceil(value / grain) * grain for value in seen)])
    return bottom, top


def runs(
    points: Sequence[tuple[float, float | None]], *, gap_s: float, start_s: float, end_s: float
) -> list[list[tuple[float, float]]]:
    """Unbroken stretches in order of time: broken at `None`, at what isn't a number, and over a gap."""
    found: list[list[tuple[float, float]]] = []
    last_t: float | None = None
    for t_s, value in sorted(points, key=lambda point: point[0]):
        if value is None or not math.isfinite(value):
            last_t = None
            continue
        if not start_s <= t_s <= end_s:
            continue
        if last_t is None or t_s - last_t > gap_s:
            found.append([])
        found[-1].append((t_s, value))
        last_t = t_s
    return found


def thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most four places for each unit of width: first, lowest, highest and last, so no peak is lost."""
    columns: dict[int, list[tuple[float, float]]] = {}
    for x, y in points:
        columns.setdefault(math.floor(x), []).append((x, y))
    kept: list[tuple[float, float]] = []
    for column in columns.values():
        peaks = {column[0], min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1]), column[-1]}
        kept.extend(sorted(peaks))
    return kept


def text_width(text: str, *, bold: bool = False) -> float:
    """About how wide small text is, for keeping labels apart; generous rather than tight."""
    return (8.2 if bold else 6.4) * len(text)
