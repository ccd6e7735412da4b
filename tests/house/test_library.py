"""A number without a source is an opinion."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.house.reading import Source, written_here

HEAD = {"id", "version", "title", "kind", "sources"}
TAGS = {"V", "P", "M", "D", "A", "B", "C"}
FILES = [
    source
    for source in written_here(".toml")
    if "library" in source.path.parts and "src" in source.path.parts
]


def own_numbers(entry: dict[str, Any]) -> set[str]:
    """What an instrument's answers count, and the ends of its scale: they are the instrument."""
    return {"score", "low", "high"} if entry.get("type") == "score" else {"score"}


def unsourced(entry: Any, path: str, sourced: bool) -> Iterator[str]:
    """Where numbers stand that no table around them gives a tag and a source."""
    if isinstance(entry, dict):
        here = sourced or (entry.get("tag") in TAGS and bool(str(entry.get("source", "")).strip()))
        for name in set(entry) - own_numbers(entry):
            inner = entry[name]
            yield from unsourced(inner, f"{path}.{name}" if path else name, here)
    elif isinstance(entry, list):
        for place, inner in enumerate(entry):
            yield from unsourced(inner, f"{path}[{place}]", sourced)
    elif isinstance(entry, int | float) and not isinstance(entry, bool) and not sourced:
        yield path


@pytest.mark.parametrize("source", FILES, ids=[source.path.stem for source in FILES])
def test_every_number_of_the_library_stands_with_its_tag_and_source(source: Source):
    assert not list(unsourced(tomllib.loads(source.text), "", sourced=False))


@pytest.mark.parametrize("source", FILES, ids=[source.path.stem for source in FILES])
def test_every_file_of_the_library_says_what_it_is_and_where_it_comes_from(source: Source):
    read = tomllib.loads(source.text)
    assert not HEAD - set(read)
    assert read["sources"]


def test_a_number_without_a_source_is_found():
    assert list(unsourced({"a": {"value": 90, "tag": "V"}}, "", sourced=False)) == ["a.value"]
    assert not list(unsourced({"a": {"value": 90, "tag": "V", "source": "a page"}}, "", sourced=False))
