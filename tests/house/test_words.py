"""The domain's nouns and verbs, said in one way; and nothing that would mislead who reads."""

import ast
import re
from itertools import pairwise

from tests.house.reading import HOUSE, ROOT, Source, functions, product, python, written_here

# Names that say nothing about the clinic.
EMPTY = {
    "utils",
    "util",
    "manager",
    "managers",
    "helper",
    "helpers",
    "data",
    "info",
    "misc",
    "common",
    "process",
}
# What silences a check, put together here so that this file doesn't silence itself.
SILENCE = re.compile(
    "|".join(["no" + "qa", "type" + r": *ignore", "pragma" + ": no cover", "eslint" + "-disable"])
)
SKIPS = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|xfail)|skip" + "If")


def test_no_module_has_a_name_that_says_nothing():
    names = [
        source for source in python() if EMPTY & {*source.path.relative_to(ROOT).parts[:-1], source.path.stem}
    ]
    assert not [source.name for source in names]


def test_no_module_binds_a_name_that_says_nothing():
    bound = [
        f"{source.at(node)} {node.id}"
        for source in product()
        for statement in source.tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id.lower() in EMPTY
    ]
    assert not bound


def test_every_module_says_what_it_is_for():
    silent = [source.name for source in product() if not ast.get_docstring(source.tree)]
    assert not silent


def public(source: Source) -> list[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Classes and functions that another module may use, and the methods of such classes."""
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    top = [node for node in source.tree.body if isinstance(node, kinds) and not node.name.startswith("_")]
    methods = [
        node
        for owner in top
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, kinds[1:]) and not node.name.startswith("_") and not overrides(node)
    ]
    return [*top, *methods]


def overrides(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method is a framework's, documented there."""
    return method.name in {"save", "delete", "clean", "ready", "get_queryset", "add_arguments", "handle"}


def test_everything_public_says_what_it_answers():
    silent = [
        f"{source.at(node)} {node.name}"
        for source in product()
        for node in public(source)
        if not ast.get_docstring(node)
    ]
    assert not silent


def test_nothing_is_silenced():
    places = [
        f"{source.name}:{number}"
        for source in [*python(), *written_here(".js")]
        for number, line in enumerate(source.text.splitlines(), 1)
        if SILENCE.search(line)
    ]
    assert not places


def test_only_what_a_machine_lacks_is_skipped_and_only_by_the_fixtures():
    own = {"tests/conftest.py", "tests/house/test_words.py"}
    assert not [source.name for source in python() if source.name not in own and SKIPS.search(source.text)]


def test_every_test_is_named_by_a_sentence():
    short = [
        f"{source.at(function)} {function.name}"
        for source in python()
        if source.path.stem.startswith("test_")
        for function in functions(source)
        if function.name.startswith("test_") and function.name.count("_") < 3
    ]
    assert not short


def test_the_glossary_is_in_order_and_says_each_word_once():
    words = re.findall(r"^\*\*(.+?)\*\*", (ROOT / "docs" / "GLOSSARY.md").read_text("utf-8"), re.MULTILINE)
    assert len(words) > 40
    assert not [pair for pair in pairwise(words) if pair[0].casefold() >= pair[1].casefold()]


def test_the_house_has_its_rooms():
    assert (HOUSE / "core").is_dir()
