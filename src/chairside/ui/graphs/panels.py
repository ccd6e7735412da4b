"""The three panels: pressure and pulse; saturation and breathing; the pump and what is predicted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from chairside.ui.graphs.scales import Scale, room_for, runs, text_width, thinned, value_ticks
from chairside.ui.graphs.svg import element, path, polyline, titled, words
from chairside.ui.graphs.values import Band, Chart, Pressure, RateStep, Series, Signal

Rows = tuple[float, float]
NAMES: dict[Signal, str] = {"bp": "BP mmHg", "hr": "HR /min", "spo2": "SpO₂ %", "rr": "RR /min"}
LABEL_APART = 12.0
CAP = 4.0


@dataclass(frozen=True, slots=True)
class Frame:
    """What every panel needs: the chart, the shared time scale, the picture's key and width."""

    chart: Chart
    x: Scale
    key: str
    width: float

    def holds(self, t_s: float) -> bool:
        """Whether that second is on the axis."""
        return self.chart.start_s <= t_s <= self.chart.end_s

    def span(self, start_s: float, end_s: float) -> tuple[float, float] | None:
        """Left and right place of a stretch of time as far as it is on the axis; `None` when it isn't."""
        left, right = max(start_s, self.chart.start_s), min(end_s, self.chart.end_s)
        return (self.x(left), self.x(right)) if right > left else None

    def series(self, signal: Signal) -> tuple[Series, ...]:
        """The series of one signal."""
        return tuple(series for series in self.chart.series if series.signal == signal)

    def values(self, signal: Signal) -> list[float]:
        """Every value and limit of a signal that must be visible."""
        seen = [
            v for series in self.series(signal) for t, v in series.points if v is not None and self.holds(t)
        ]
        return seen + [limit.value for limit in self.chart.limits if limit.signal == signal]


def draw_pressure(frame: Frame, rows: Rows) -> str:
    """Blood pressure as bars and heart rate as a line, on one scale."""
    bars = [p for p in frame.chart.pressures if frame.holds(p.t_s) and _is_pressure(p)]
    seen = frame.values("bp") + frame.values("hr") + [v for p in bars for v in (p.sys_mmhg, p.dia_mmhg)]
    low, high = room_for(seen, low=50, high=160, grain=10)
    y = Scale(low, high, rows[1], rows[0])
    return element(
        "g",
        _scale_words(y, rows, x=frame.x.at_low - 6, anchor="end"),
        _legend(frame, ("bp", "hr"), rows),
        _limits(frame, ("bp", "hr"), y),
        _gaps(frame, ("bp", "hr"), rows),
        *(_line(frame, series, y) for series in frame.series("hr")),
        *(_bar(frame, pressure, y) for pressure in bars),
        _nothing(frame, rows, any_=bool(bars or _has_values(frame, ("hr",)))),
    )


def draw_saturation(frame: Frame, rows: Rows) -> str:
    """Oxygen saturation on the left scale, breaths on the right one."""
    low, high = room_for(frame.values("spo2"), low=88, high=100, grain=2)
    saturation = Scale(low, high, rows[1], rows[0])
    low, high = room_for(frame.values("rr"), low=0, high=30, grain=10)
    breaths = Scale(low, high, rows[1], rows[0])
    return element(
        "g",
        _scale_words(saturation, rows, x=frame.x.at_low - 6, anchor="end"),
        _scale_words(breaths, rows, x=frame.x.at_high + 6, anchor="start", class_="g-ax g-rr-word"),
        _legend(frame, ("spo2", "rr"), rows),
        _limits(frame, ("spo2",), saturation),
        _limits(frame, ("rr",), breaths),
        _gaps(frame, ("spo2", "rr"), rows),
        *(_line(frame, series, breaths, dots=True) for series in frame.series("rr")),
        *(_line(frame, series, saturation) for series in frame.series("spo2")),
        _nothing(frame, rows, any_=_has_values(frame, ("spo2", "rr"))),
    )


def draw_prediction(frame: Frame, rows: Rows, rate_rows: Rows) -> str:
    """The predicted bands over the pump's rate. What is predicted is hatched, dashed, and says so."""
    tops = [high for band in frame.chart.bands for t, *_, high in band.points if frame.holds(t)]
    _, high = room_for(tops, low=0, high=100, grain=50)
    y = Scale(0, high, rows[1], rows[0])
    parts = [_rate_words(frame, rate_rows), _rates(frame, rate_rows)]
    if frame.chart.bands:
        parts += [_scale_words(y, rows, x=frame.x.at_low - 6, anchor="end"), _band_legend(frame, rows)]
        parts += [_band(frame, band, y) for band in frame.chart.bands]
    else:
        parts.append(_nothing(frame, rows, any_=False, said="no prediction: it begins with the infusion"))
    return element("g", *parts)


def _has_values(frame: Frame, signals: Sequence[Signal]) -> bool:
    return any(
        value is not None and frame.holds(t_s)
        for signal in signals
        for series in frame.series(signal)
        for t_s, value in series.points
    )


def _nothing(frame: Frame, rows: Rows, *, any_: bool, said: str = "no values yet") -> str:
    """An empty panel says that it is empty."""
    if any_:
        return ""
    middle = (frame.x.at_low + frame.x.at_high) / 2
    return words(said, x=middle, y=(rows[0] + rows[1]) / 2, class_="g-ax g-halo", anchor="middle")


def _is_pressure(pressure: Pressure) -> bool:
    return math.isfinite(pressure.sys_mmhg) and math.isfinite(pressure.dia_mmhg)


def _bar(frame: Frame, pressure: Pressure, y: Scale) -> str:
    at, top, low = frame.x(pressure.t_s), y(pressure.sys_mmhg), y(pressure.dia_mmhg)
    steps = (
        f"M{at:.1f} {top:.1f}V{low:.1f}M{at - CAP:.1f} {top:.1f}h{2 * CAP}M{at - CAP:.1f} {low:.1f}h{2 * CAP}"
    )
    read = titled(f"{pressure.sys_mmhg:.0f}/{pressure.dia_mmhg:.0f} mmHg")
    return element("path", read, d=steps, class_="g-bp")


def _line(frame: Frame, series: Series, y: Scale, *, dots: bool = False) -> str:
    """Each unbroken stretch as a line; a value that stands alone, or every value of `dots`, as a dot."""
    parts = []
    chart = frame.chart
    for run in runs(series.points, gap_s=series.gap_s, start_s=chart.start_s, end_s=chart.end_s):
        places = thinned([(frame.x(t_s), y(value)) for t_s, value in run])
        if len(places) > 1:
            parts.append(path(polyline(places), class_=f"g-line g-{series.signal}"))
        if len(places) == 1 or (dots and len(places) * CAP * 2 < places[-1][0] - places[0][0]):
            parts += [
                element("circle", cx=x, cy=at, r=2.2, class_=f"g-dot g-{series.signal}") for x, at in places
            ]
    return element("g", *parts)


def _gaps(frame: Frame, signals: Sequence[Signal], rows: Rows) -> str:
    parts = []
    for gap in frame.chart.gaps:
        span = frame.span(gap.start_s, gap.end_s)
        if gap.signal not in signals or span is None:
            continue
        left, right = span
        area = element(
            "rect",
            titled(gap.label),
            x=left,
            y=rows[0],
            width=right - left,
            height=rows[1] - rows[0],
            fill=f"url(#{frame.key}-gap)",
        )
        parts.append(area)
        half = text_width(gap.label) / 2
        middle = min(max((left + right) / 2, frame.x.at_low + half), frame.x.at_high - half)
        parts.append(words(gap.label, x=middle, y=rows[1] - 4, class_="g-ax g-halo", anchor="middle"))
    return element("g", *parts)


def _limits(frame: Frame, signals: Sequence[Signal], y: Scale) -> str:
    """Dashed lines with their words at the right end, moved apart where two lie close."""
    limits = sorted((it for it in frame.chart.limits if it.signal in signals), key=lambda it: -it.value)
    parts, last = [], float("-inf")
    for limit in limits:
        at = y(limit.value)
        parts.append(
            element(
                "line",
                x1=frame.x.at_low,
                x2=frame.x.at_high,
                y1=at,
                y2=at,
                class_=f"g-limit g-{limit.severity}",
            )
        )
        # Words stand above their line; under it where the line above has its words there.
        last = at - 4 if at - 4 >= last + LABEL_APART else max(at + 11, last + LABEL_APART)
        word = f"g-ax g-halo g-{limit.severity}-word"
        parts.append(words(limit.label, x=frame.x.at_high - 4, y=last, class_=word, anchor="end"))
    return element("g", *parts)


def _scale_words(y: Scale, rows: Rows, *, x: float, anchor: str, class_: str = "g-ax") -> str:
    at_most = max(2, int((rows[1] - rows[0]) / 27))
    ticks = value_ticks(y.low, y.high, at_most)
    return element("g", *(words(f"{v:g}", x=x, y=y(v) + 4, class_=class_, anchor=anchor) for v in ticks))


def _legend(frame: Frame, signals: Sequence[Signal], rows: Rows) -> str:
    parts, x, y = [], frame.x.at_low + 2, rows[0] - 8
    for signal in signals:
        if signal == "bp":
            sample = f"M{x + 7:.1f} {y - 9:.1f}v10m-3 0h6m-6 -10h6"
        else:
            sample = f"M{x:.1f} {y - 4:.1f}h14"
        parts.append(path(sample, class_="g-bp" if signal == "bp" else f"g-line g-{signal}"))
        parts.append(words(NAMES[signal], x=x + 18, y=y, class_=f"g-lab g-{signal}-word"))
        x += 18 + text_width(NAMES[signal], bold=True) + 14
    return element("g", *parts)


def _band_legend(frame: Frame, rows: Rows) -> str:
    """Names with their kind of line, the unit, and on every width: predicted, not measured."""
    parts, x, y = [], frame.x.at_low + 2, rows[0] - 8
    narrow = frame.width < 560
    for band in frame.chart.bands:
        parts.append(path(f"M{x:.1f} {y - 4:.1f}h14", class_=f"g-line g-{band.substance}"))
        parts.append(words(band.substance, x=x + 18, y=y, class_=f"g-lab g-{band.substance}-word"))
        x += 18 + text_width(band.substance, bold=True) + 12
    parts.append(words("ng/mL", x=x, y=y, class_="g-ax"))
    said = "predicted, not measured"
    if frame.chart.band_label and not narrow:
        said = f"{said} · {frame.chart.band_label}"
    place = rows[0] + 6 if narrow else y
    parts.append(words(said, x=frame.x.at_high, y=place, class_="g-ax g-said g-halo", anchor="end"))
    return element("g", *parts)


def _band(frame: Frame, band: Band, y: Scale) -> str:
    points = [p for p in sorted(band.points) if frame.holds(p[0]) and all(map(math.isfinite, p))]
    if len(points) < 2:
        return ""
    upper = [(frame.x(t), y(high)) for t, _, _, high in points]
    lower = [(frame.x(t), y(low)) for t, low, _, _ in reversed(points)]
    middle = [(frame.x(t), y(mid)) for t, _, mid, _ in points]
    area = path(polyline(upper + lower) + "Z", class_="g-band", fill=f"url(#{frame.key}-{band.substance})")
    return area + path(polyline(middle), class_=f"g-line g-{band.substance}")


def _rates(frame: Frame, rows: Rows) -> str:
    top_rate = max((step.rate_ml_per_h for step in frame.chart.steps), default=0.0)
    return element("g", *(_rate(frame, step, rows, top_rate=top_rate) for step in frame.chart.steps))


def _rate(frame: Frame, step: RateStep, rows: Rows, *, top_rate: float) -> str:
    span = frame.span(step.start_s, step.end_s)
    if span is None:
        return ""
    left, right = span
    height = (rows[1] - rows[0]) * (step.rate_ml_per_h / top_rate if top_rate > 0 else 0)
    kind = "g-rate g-planned" if step.planned else "g-rate"
    if step.rate_ml_per_h <= 0:
        kind = "g-rate g-paused"
    area = element(
        "rect",
        titled(step.label),
        x=left,
        y=rows[1] - height,
        width=right - left,
        height=max(height, 1.5),
        class_=kind,
    )
    if text_width(step.label) + 6 > right - left:
        return area
    return area + words(
        step.label, x=(left + right) / 2, y=rows[1] - 8, class_="g-ax g-halo", anchor="middle"
    )


def _rate_words(frame: Frame, rows: Rows) -> str:
    base = element("line", x1=frame.x.at_low, x2=frame.x.at_high, y1=rows[1], y2=rows[1], class_="g-base")
    return base + words("mL/h", x=frame.x.at_low - 6, y=rows[1] - 8, class_="g-ax", anchor="end")
