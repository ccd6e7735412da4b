"""The whole picture: three panels, the rate under the third, marks, and the axis they share."""

from dataclasses import dataclass

from chairside.ui.graphs.marks import draw_marks
from chairside.ui.graphs.panels import Frame, draw_prediction, draw_pressure, draw_saturation
from chairside.ui.graphs.scales import Scale, tick_words, time_ticks
from chairside.ui.graphs.svg import element, titled, words
from chairside.ui.graphs.values import Chart

LEFT, RIGHT = 36.0, 30.0
NARROWEST = 320


@dataclass(frozen=True, slots=True)
class Rows:
    """Where each panel's plot lies, from the top of the picture."""

    pressure: tuple[float, float] = (36, 154)
    saturation: tuple[float, float] = (186, 272)
    prediction: tuple[float, float] = (304, 416)
    rate: tuple[float, float] = (424, 450)
    axis: float = 466


def draw(chart: Chart, *, width: int = 720, key: str = "g") -> str:
    """The chart as SVG text, `width` units wide (a phone wants 360), looks by class (`graphs.css`).

    `key` sets this picture's pattern names apart from another's on the same page: letters, digits, hyphens.
    """
    if width < NARROWEST or not key.replace("-", "").isalnum():
        raise ValueError(f"graph: expected a width of {NARROWEST} or more and a key of letters and digits")
    rows = Rows()
    x = Scale(chart.start_s, chart.end_s, LEFT, width - RIGHT)
    frame = Frame(chart, x, key, width)
    marks, bottom = draw_marks(chart, x, rows.axis + (30 if chart.zero_clock else 16))
    body = [
        titled(chart.title),
        _patterns(key),
        _ahead(frame, rows),
        _grid(frame, rows, bottom),
        draw_pressure(frame, rows.pressure),
        draw_saturation(frame, rows.saturation),
        draw_prediction(frame, rows.prediction, rows.rate),
        _axis(frame, rows),
        marks,
        _now(frame, bottom),
    ]
    return element(
        "svg",
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {bottom:.0f}",
        class_="graph",
        role="img",
        aria_label=chart.title,
    )


def _patterns(key: str) -> str:
    def hatch(name: str, *, apart: int, turn: int) -> str:
        return element(
            "pattern",
            element("rect", width=apart, height=apart, class_=f"g-{name}-ground"),
            element("line", x1=0, y1=0, x2=0, y2=apart, class_=f"g-{name}-hatch"),
            id=f"{key}-{name}",
            width=apart,
            height=apart,
            patternUnits="userSpaceOnUse",
            patternTransform=f"rotate({turn})",
        )

    return element(
        "defs",
        hatch("ketamine", apart=6, turn=45),
        hatch("norketamine", apart=6, turn=-45),
        hatch("gap", apart=5, turn=-45),
    )


def _ahead(frame: Frame, rows: Rows) -> str:
    """A quiet ground under the time that has not come yet."""
    now_s = frame.chart.now_s
    span = frame.span(now_s, frame.chart.end_s) if now_s is not None else None
    if span is None:
        return ""
    plots = (rows.pressure, rows.saturation, (rows.prediction[0], rows.rate[1]))
    left, right = span
    return element(
        "g",
        *(
            element("rect", x=left, y=top, width=right - left, height=low - top, class_="g-ahead")
            for top, low in plots
        ),
    )


def _grid(frame: Frame, rows: Rows, bottom: float) -> str:
    lines = []
    plots = (rows.pressure, rows.saturation, (rows.prediction[0], rows.rate[1]), (rows.axis + 12, bottom - 4))
    for t_s in _ticks(frame):
        at = frame.x(t_s)
        name = "g-zero" if t_s == 0 else "g-grid"
        lines += [element("line", x1=at, x2=at, y1=top, y2=low, class_=name) for top, low in plots]
    return element("g", *lines)


def _axis(frame: Frame, rows: Rows) -> str:
    labels = [
        words(tick_words(t_s), x=frame.x(t_s), y=rows.axis, class_="g-ax", anchor="middle")
        for t_s in _ticks(frame)
    ]
    if frame.chart.zero_clock and frame.holds(0):
        labels.append(
            words(frame.chart.zero_clock, x=frame.x(0), y=rows.axis + 13, class_="g-ax", anchor="middle")
        )
    return element("g", *labels)


def _now(frame: Frame, bottom: float) -> str:
    now_s = frame.chart.now_s
    if now_s is None or not frame.holds(now_s):
        return ""
    at = frame.x(now_s)
    return element(
        "g",
        element("line", x1=at, x2=at, y1=14, y2=bottom - 4, class_="g-now"),
        words("now", x=at, y=10, class_="g-ax g-now-word", anchor="middle"),
    )


def _ticks(frame: Frame) -> list[int]:
    return time_ticks(frame.chart.start_s, frame.chart.end_s, frame.x.at_high - frame.x.at_low)
