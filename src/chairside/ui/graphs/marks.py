"""What was done and what is due, under the axis, with words that never lie on each other."""

from chairside.ui.graphs.scales import Scale, text_width
from chairside.ui.graphs.svg import element, titled, words
from chairside.ui.graphs.values import Chart, Due, Mark

LANE = 16.0
LANES_AT_MOST = 9
RADIUS = 3.6
APART = 6.0
FIRST = ("alarm-high", "drug", "pump", "alarm-med", "note", "act")

Lane = list[tuple[float, float]]


def draw_marks(chart: Chart, x: Scale, top: float) -> tuple[str, float]:
    """The marks as SVG, and where they end.

    Where room is short, acts lose their words before alarms and drugs do. A shape is never lost, and its
    words stay on it for a resting pointer.
    """
    parts = [_due(due, x, top) for due in chart.dues if chart.start_s <= due.t_s <= chart.end_s]
    parts.append(_due_words(chart, x, top))
    lanes: list[Lane] = []
    shown = [mark for mark in chart.marks if chart.start_s <= mark.t_s <= chart.end_s]
    for mark in sorted(shown, key=lambda mark: (FIRST.index(mark.kind), mark.t_s)):
        parts.append(_place(mark, x=x, lanes=lanes, top=top + LANE))
    return element("g", *parts), top + LANE * (len(lanes) + 1)


def _place(mark: Mark, *, x: Scale, lanes: list[Lane], top: float) -> str:
    at = x(mark.t_s)
    long = text_width(mark.text, bold=mark.kind.startswith("alarm")) + RADIUS + 4
    right_of, left_of = (at - RADIUS, at + long), (at - long, at + RADIUS)
    alone = (at - RADIUS, at + RADIUS)
    for span in (right_of, left_of):
        if span[0] < x.at_low - RADIUS or span[1] > x.at_high + APART:
            continue
        number = _free_lane(lanes, span, LANES_AT_MOST - 1)
        if number is not None:
            y = top + LANE * number
            anchor, word_x = ("start", at + RADIUS + 4) if span is right_of else ("end", at - RADIUS - 4)
            name = f"g-ax g-halo g-{mark.kind}-word"
            return _shape(mark, at, y) + words(mark.text, x=word_x, y=y + 4, class_=name, anchor=anchor)
    number = _free_lane(lanes, alone, LANES_AT_MOST)  # the last lane is for shapes without words
    return _shape(mark, at, top + LANE * (LANES_AT_MOST - 1 if number is None else number))


def _free_lane(lanes: list[Lane], span: tuple[float, float], at_most: int) -> int | None:
    """The first of so many lanes with nothing on that span, which it then takes; `None` if all are full."""
    for number, lane in enumerate(lanes[:at_most]):
        if all(span[1] + APART <= left or right + APART <= span[0] for left, right in lane):
            lane.append(span)
            return number
    if len(lanes) >= at_most:
        return None
    lanes.append([span])
    return len(lanes) - 1


def _shape(mark: Mark, x: float, y: float) -> str:
    """Acts are dots, drugs diamonds, the pump squares, alarms triangles: never told by colour alone."""
    r = RADIUS
    steps = {
        "drug": f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {r + 1}l{-r - 1} {r + 1}l{-r - 1} {-r - 1}Z",
        "pump": f"M{x - r:.1f} {y - r:.1f}h{2 * r}v{2 * r}h{-2 * r}Z",
        "alarm-high": f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r + 1}h{-2 * r - 2}Z",
        "alarm-med": f"M{x:.1f} {y - r - 1:.1f}l{r + 1} {2 * r + 1}h{-2 * r - 2}Z",
    }.get(mark.kind)
    if steps is None:
        return element("circle", titled(mark.text), cx=x, cy=y, r=r, class_=f"g-mark g-{mark.kind}")
    return element("path", titled(mark.text), d=steps, class_=f"g-mark g-{mark.kind}")


def _due(due: Due, x: Scale, y: float) -> str:
    name = "g-due g-late" if due.late else "g-due"
    said = f"{due.text}, late" if due.late else f"{due.text}, due"
    return element("circle", titled(said), cx=x(due.t_s), cy=y, r=RADIUS, class_=name)


def _due_words(chart: Chart, x: Scale, y: float) -> str:
    """Words for the late ones and for the next one, where they have room; the rest are open circles."""
    parts = []
    shown = sorted(
        (due for due in chart.dues if chart.start_s <= due.t_s <= chart.end_s), key=lambda d: d.t_s
    )
    next_due = next((due for due in shown if not due.late), None)
    edges = [x.at_low - RADIUS, *(x(due.t_s) for due in shown), x.at_high + RADIUS + 20]
    for index, due in enumerate(shown):
        if due.late or due is next_due:
            before = edges[index + 1] - edges[index] - 2 * RADIUS - APART
            after = edges[index + 2] - edges[index + 1] - 2 * RADIUS - APART
            parts.append(_due_word(due, x=edges[index + 1], y=y, room=(before, after)))
    return element("g", *parts)


def _due_word(due: Due, *, x: float, y: float, room: tuple[float, float]) -> str:
    """The longest words that fit after the circle, else before it, else none."""
    state = "late" if due.late else "due"
    name = "g-ax g-halo g-late-word" if due.late else "g-ax g-halo"
    for text in (f"{due.text} {state}", state):
        wide = text_width(text, bold=due.late)
        if wide <= room[1]:
            return words(text, x=x + RADIUS + 4, y=y + 4, class_=name)
        if wide <= room[0]:
            return words(text, x=x - RADIUS - 4, y=y + 4, class_=name, anchor="end")
    return ""
