"""One verb, one transaction, one audit line: who and when are never left to guess."""

from tests.house.reading import Function, product

# Not verbs of a person, each with its reason.
NO_VERB = {
    "fields.checked": "reads a row before a verb writes it",
    "outbox.leave": "is left by a verb, inside its transaction",
    "people.add_clinic": "comes before the first person",
    "people.reauthenticate": "asks who this is",
    "people.sign_in": "asks who this is",
}


def verbs() -> list[tuple[str, Function]]:
    """Every public function of the room, as `module.name`; `state_of` and its kin read and are no verbs."""
    return [
        (name, node)
        for source in product("actions")
        for node in source.tree.body
        if isinstance(node, Function) and not node.name.startswith("_") and not node.name.endswith("_of")
        if (name := f"{source.path.stem}.{node.name}") not in NO_VERB
    ]


def test_every_verb_says_by_whom_and_when():
    unsigned = [
        name for name, node in verbs() if not {"by", "at"} <= {each.arg for each in node.args.kwonlyargs}
    ]
    assert not unsigned


def test_a_verb_is_given_what_it_acts_on_and_everything_else_by_name():
    loose = [
        name for name, node in verbs() if len(node.args.posonlyargs + node.args.args) > 1 or node.args.vararg
    ]
    assert not loose


def test_who_and_when_have_no_default():
    assumed = [
        name
        for name, node in verbs()
        for each, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if each.arg in {"by", "at"} and default is not None
    ]
    assert not assumed


def test_the_verbs_were_read():
    assert len(verbs()) > 10
