"""Every ink on every ground it is used on reads in light and dark (WCAG 2.2: 4.5 for text, 3 for lines)."""

import re
from pathlib import Path

import pytest

import chairside.ui

CSS = (Path(chairside.ui.__file__).parent / "static" / "ui" / "house.css").read_text("utf-8")
TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-2", "ink-3", "accent", "high", "med", "low", "ok")
        for ground in ("card", "paper")
    ),
    *((ink, "card") for ink in ("k", "nk", "bp", "hr", "spo2", "rr")),
    *((ink, f"{ink}-soft") for ink in ("accent", "high", "med", "low", "ok")),
    *(("ink", f"{ground}-soft") for ground in ("high", "med", "low", "ok")),
    ("ink-2", "accent-soft"),
    ("accent-ink", "accent"),
]
LINES = [("control", "card"), ("focus", "card"), ("focus", "paper"), ("accent", "card")]


def tokens(selector: str) -> dict[str, str]:
    block = CSS[CSS.index(selector) + len(selector) :]
    return dict(re.findall(r"--([a-z0-9-]+):(#[0-9a-f]{6})", block[: block.index("}")]))


THEMES = {"light": tokens(":root{"), "dark": tokens(":root[data-theme=dark]{")}


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read_on_its_ground(theme, ink, ground):
    assert contrast(THEMES[theme][ink], THEMES[theme][ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_a_line_that_means_something_can_be_seen(theme, line, ground):
    assert contrast(THEMES[theme][line], THEMES[theme][ground]) >= 3


def test_dark_is_one_set_of_colours_however_it_is_asked_for():
    assert tokens(":root:not([data-theme=light]){") == THEMES["dark"]


def test_dark_gives_every_colour_that_light_does():
    assert THEMES["dark"].keys() == THEMES["light"].keys()
