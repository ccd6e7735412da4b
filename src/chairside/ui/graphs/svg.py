"""Writing SVG elements: every attribute and text escaped, looks by class, nothing inline."""

from html import escape

Attribute = str | float | None


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """An element around children that are already markup. `class_` is `class`; `_` in a name is `-`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def words(text: str, *, x: float, y: float, class_: str, anchor: str = "start") -> str:
    """Text at a place; whatever it holds stays text."""
    return element("text", escape(text), x=x, y=y, class_=class_, text_anchor=anchor)


def titled(text: str) -> str:
    """What a pointer resting on the element reads."""
    return element("title", escape(text))


def path(steps: str, *, class_: str, **attributes: Attribute) -> str:
    """A path through ready-made steps."""
    return element("path", d=steps, class_=class_, **attributes)


def polyline(points: list[tuple[float, float]]) -> str:
    """The steps of a path through points."""
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _value(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
