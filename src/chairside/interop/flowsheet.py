"""The values of a printed flowsheet, read back from its HTML.

What a reader sees is what is read: the text of each element with `data-v`, which names it. A person's name is
inside `<data value="id">` and stands for that opaque id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADS = ("session", "length", "head", "at", "zone")
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class NotAFlowsheet(ValueError):
    """The file isn't a flowsheet of this house; says what was expected."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed sheet: what it says it is a sheet of, and each text by its name."""

    session: str
    length: int
    head: str
    at: str
    zone: str
    values: Mapping[str, str]


def read_flowsheet(html: str) -> Printed:
    """The sheet in an HTML page; raises `NotAFlowsheet` for any other page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    heads = reader.heads
    if heads is None or any(not heads.get(name) for name in HEADS):
        raise NotAFlowsheet("flowsheet: expected the HTML page of a Chairside flowsheet")
    if reader.twice:
        raise NotAFlowsheet(f"flowsheet: {reader.twice[0]!r} stands in it twice")
    if not heads["length"].isdecimal():
        raise NotAFlowsheet("flowsheet: expected the number of events it was drawn from")
    return Printed(
        session=heads["session"],
        length=int(heads["length"]),
        head=heads["head"],
        at=heads["at"],
        zone=heads["zone"],
        values=reader.values,
    )


@dataclass
class _Open:
    """An element with a name that is being read, and how deep it lies."""

    name: str
    depth: int
    text: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.heads: dict[str, str] | None = None
        self.values: dict[str, str] = {}
        self.twice: list[str] = []
        self._open: list[_Open] = []
        self._depth = 0
        self._replaced_at: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the sheet's head, an element with a name, or a person's id in place of the name."""
        given = {name: value or "" for name, value in attrs}
        if "data-sheet" in given:
            self.heads = {name: given.get(f"data-{name}", "") for name in HEADS}
        if tag in VOID:
            return
        self._depth += 1
        if "data-v" in given:
            self._open.append(_Open(given["data-v"], self._depth))
        elif tag == "data" and self._open and self._replaced_at is None:
            self._open[-1].text.append(given.get("value", ""))
            self._replaced_at = self._depth

    def handle_endtag(self, tag: str) -> None:
        """Keeps the text of an element that ends."""
        if tag in VOID:
            return
        if self._replaced_at == self._depth:
            self._replaced_at = None
        if self._open and self._open[-1].depth == self._depth:
            ended = self._open.pop()
            if ended.name in self.values:
                self.twice.append(ended.name)
            self.values[ended.name] = " ".join("".join(ended.text).split())
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        """The text of the innermost element with a name."""
        if self._open and self._replaced_at is None:
            self._open[-1].text.append(data)
