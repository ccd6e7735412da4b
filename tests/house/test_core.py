"""The core decides from what it is handed: what import contracts can't see, this reads."""

import ast

from tests.house.reading import Source, dotted, product

# A builtin that reads, writes, or runs what was not written here.
REACHES_OUT = {"open", "print", "input", "eval", "exec", "compile", "__import__", "globals", "breakpoint"}
# Asks the clock or chance, whatever the module was called on import.
CLOCK_OR_CHANCE = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now",
    "datetime.datetime.utcnow", "datetime.date.today", "uuid.uuid1", "uuid.uuid4", "uuid1", "uuid4",
    "np.random.default_rng", "np.random.seed", "numpy.random.default_rng", "default_rng",
}  # fmt: skip
# Files through numpy.
FILES = {f"{module}.{verb}" for module in ("np", "numpy") for verb in ("load", "save", "loadtxt", "fromfile")}


def calls(source: Source) -> list[tuple[str, str]]:
    """Every call of a plain name: where, and what."""
    return [
        (source.at(node), dotted(node.func)) for node in source.walk(ast.Call) if isinstance(node, ast.Call)
    ]


def test_the_core_opens_prints_and_runs_nothing():
    assert not [
        found for source in product("core") for found in calls(source) if found[1] in REACHES_OUT | FILES
    ]


def test_the_core_asks_neither_clock_nor_chance():
    assert not [found for source in product("core") for found in calls(source) if found[1] in CLOCK_OR_CHANCE]


def test_only_the_config_asks_the_clock_of_the_machine():
    asked = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "timezone.now", "time.time"}
    elsewhere = [source for source in product() if "config" not in source.path.parts]
    found = [(source, node) for source in elsewhere for node in source.walk(ast.Attribute)]
    assert not [source.at(node) for source, node in found if dotted(node) in asked]


def test_no_safety_hangs_on_an_assert_which_python_can_be_told_to_leave_out():
    assert not [source.at(node) for source in product() for node in source.walk(ast.Assert)]


def test_the_core_keeps_no_state_between_calls():
    assert not [source.at(node) for source in product("core") for node in source.walk(ast.Global)]


def test_every_folder_of_the_house_is_a_package_so_that_the_contracts_see_it():
    folders = {source.path.parent for source in product()}
    assert not [folder.name for folder in folders if not (folder / "__init__.py").exists()]
