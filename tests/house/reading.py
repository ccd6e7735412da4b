"""Reads the house for its laws: source files, their syntax trees, and what is committed."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "chairside"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file, by its path from the top of the project."""

    path: Path

    @property
    def name(self) -> str:
        """The path as a reader would write it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """What stands in it."""
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its syntax tree; only for Python."""
        return ast.parse(self.text, self.name)

    def walk(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        """Every node of these kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def at(self, node: ast.AST) -> str:
        """Where a node stands."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"


@cache
def committed() -> tuple[Source, ...]:
    """Every file that is, or is about to be, committed. Without git: whatever is no dot folder."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not hidden(path)]
    return tuple(Source(path) for path in sorted(paths) if path.is_file())


def hidden(path: Path) -> bool:
    """Whether a path lies in a folder that tools make for themselves."""
    parts = path.relative_to(ROOT).parts
    return any(part == "__pycache__" or (part.startswith(".") and part != ".ci") for part in parts)


def written_here(ending: str) -> list[Source]:
    """Committed files with this ending."""
    return [source for source in committed() if source.path.suffix == ending]


def python() -> list[Source]:
    """All Python of the project: product, tests and the start script."""
    return [*written_here(".py"), Source(ROOT / "chairside")]


def product(room: str = "") -> list[Source]:
    """The Python of the product, or of one room of it; migrations are rows' history and stand apart."""
    folder = HOUSE / room if room else HOUSE
    return [
        source
        for source in written_here(".py")
        if source.path.is_relative_to(folder) and "migrations" not in source.path.parts
    ]


def functions(source: Source) -> list[Function]:
    """Every function and method, nested ones too."""
    return [node for node in source.walk(ast.FunctionDef, ast.AsyncFunctionDef) if isinstance(node, Function)]


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a name or attribute; what is no plain name gives only its end."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
