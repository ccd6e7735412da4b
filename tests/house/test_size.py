"""Ceilings: what outgrows them is cut into things with names. They may be lowered, never raised."""

from tests.house.javascript import functions_of
from tests.house.reading import HOUSE, functions, product, python, written_here

CORE_FUNCTION_LINES, FUNCTION_LINES, FILE_LINES = 40, 70, 500
JS_FUNCTION_LINES, JS_FILE_LINES = 30, 200


def test_no_function_is_longer_than_a_colleague_reads_aloud():
    core = {source.name for source in product("core")}
    long = [
        f"{source.at(function)} {function.name}: {lines} lines"
        for source in python()
        for function in functions(source)
        if (lines := (function.end_lineno or 0) - function.lineno + 1)
        > (CORE_FUNCTION_LINES if source.name in core else FUNCTION_LINES)
    ]
    assert not long


def test_no_file_is_longer_than_five_hundred_lines():
    long = [source.name for source in python() if source.text.count("\n") > FILE_LINES]
    assert not long


def test_no_script_of_the_chair_is_longer_than_two_hundred_lines():
    long = [source.name for source in written_here(".js") if source.text.count("\n") > JS_FILE_LINES]
    assert not long


def test_no_function_of_a_script_is_longer_than_thirty_lines():
    long = [
        f"{source.name}:{function.line} {function.lines} lines"
        for source in written_here(".js")
        for function in functions_of(source.text)
        if function.lines > JS_FUNCTION_LINES
    ]
    assert not long


def test_the_house_was_read():
    assert len(product("core")) > 10
    assert any(source.path.is_relative_to(HOUSE) for source in python())
