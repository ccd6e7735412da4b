"""Where the functions of a script begin and end, by its braces once strings and comments are blanked."""

import re
from dataclasses import dataclass

# In order: comments, template strings, strings, and regular expressions where a value may begin.
QUIET = re.compile(
    r"""//[^\n]*|/\*.*?\*/|`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
    r"""|(?<=[=(,:!&|?{};\[])[ ]*/(?![/*])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/""",
    re.DOTALL,
)
# `if (…) {` and its kin open a block, not a function.
BLOCK = re.compile(r"\b(if|for|while|switch|catch|with)\b\s*(await\s*)?$")


@dataclass(frozen=True)
class ScriptFunction:
    """One function: the line of its opening brace and how many lines it has."""

    line: int
    lines: int


def blanked(text: str) -> str:
    """The script with comments, strings and patterns as spaces; line ends stay."""
    return QUIET.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def functions_of(text: str) -> list[ScriptFunction]:
    """Every function with a body in braces."""
    code, opened, found = blanked(text), [], []
    for place, letter in enumerate(code):
        if letter == "{":
            opened.append((place, opens_function(code[:place])))
        elif letter == "}" and opened:
            start, is_function = opened.pop()
            if is_function:
                lines = code.count("\n", start, place) + 1
                found.append(ScriptFunction(code.count("\n", 0, start) + 1, lines))
    return found


def opens_function(before: str) -> bool:
    """Whether a brace after this text opens the body of a function."""
    tail = before.rstrip()
    if tail.endswith("=>"):
        return True
    if not tail.endswith(")"):
        return False
    depth = 0
    for place in range(len(tail) - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(tail[place], 0)
        if depth == 0:
            return BLOCK.search(tail[:place]) is None
    return False
