"""The reader of scripts is code too."""

import pytest

from tests.house.javascript import functions_of


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("function f(a) {\n  return a;\n}\n", [3]),
        ("const f = (a) => {\n  return a;\n};\n", [3]),
        ("class A {\n  f(a) {\n  }\n}\n", [2]),
        ("if (a) {\n}\nfor (const b of c(d)) {\n}\n", []),
        ("const f = { a: 1 };\n", []),
        ("function f() {\n  // }\n  const s = '}' + `}`;\n  if (/[}'\"]/.test(s)) {\n  }\n}\n", [6]),
        ("on('tap', async (event) => {\n  [1].map((n) => {\n  });\n});\n", [2, 4]),
    ],
)
def test_it_finds_each_function_and_its_length(script, lines):
    assert [function.lines for function in functions_of(script)] == lines
