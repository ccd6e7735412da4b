"""The case files of `tests/spec/stops`, and what they can't say: digests, order, many facts at once."""

import math
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.quantities import Sourced
from chairside.core.safety.conditions import Condition
from chairside.core.safety.stops import Override, Rule, outstanding, refusal, stops
from chairside.library.loader import standard

SPEC = Path(__file__).parents[2] / "spec" / "stops"
CHECKIN = tomllib.loads((SPEC / "checkin.toml").read_text("utf-8"))
RULES = standard()["checkin", "checkin-before-infusion"].typed.rules
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def cases(topic):
    parsed = tomllib.loads((SPEC / f"{topic}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in parsed]


def facts_of(case):
    facts = CHECKIN["good"] | case.get("facts", {})
    return {name: value for name, value in facts.items() if name not in case.get("absent", [])}


def some_rule(**changes):
    given = {
        "id": "r",
        "title": "A rule",
        "kind": "relative",
        "when": (Condition(fact="a.b", op="is", value=True, label="a"),),
        "resolve": ("recheck",),
        "settled_by": "ask again",
        "source": "a page",
        "tag": "D",
    }
    return Rule(**(given | changes))


def at_least(fact, value, **more):
    return Condition(
        fact=fact, op="at_least", label=fact, limit=Sourced(value, "mm[Hg]", "D", "here"), **more
    )


@pytest.mark.parametrize("case", cases("checkin"))
def test_the_check_in_stops_where_it_should_and_says_why(case):
    found = stops(RULES, facts_of(case), at=CHECKIN["at"])
    assert [each.rule_id for each in found] == case["stops"]
    assert [each.rule_id for each in found if each.unknown] == case.get("unknown", [])
    if "kind" in case:
        assert found[0].kind == case["kind"]
    if "says" in case:
        assert case["says"] in found[0].reason


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_no_fact_of_the_check_in_that_a_rule_stops_on_can_be_left_out_unseen(rule):
    for fact in {condition.fact for condition in rule.when}:
        facts = {name: value for name, value in CHECKIN["good"].items() if name != fact}
        applies = rule.id == "breastfeeding"  # asked only where pregnancy applies
        facts |= {"pregnancy.answer": "not_pregnant"} if applies else {}
        found = [each.rule_id for each in stops(RULES, facts, at=CHECKIN["at"])]
        assert rule.id in found


@pytest.mark.parametrize("case", cases("overrides"))
def test_who_may_let_a_stop_pass(case):
    rule = some_rule(kind=case["kind"], resolve=tuple(case.get("resolve", ["recheck"])))
    (stop,) = stops([rule], {"a.b": True}, at=NOON)
    given = {"rule_id": stop.rule_id, "facts_digest": stop.facts_digest, "by": "p1"} | case["override"]
    override = Override(**given)
    assert refusal(stop, override) == case.get("refused")
    assert (outstanding([stop], [override]) == ()) is ("refused" not in case)


def test_a_changed_fact_opens_the_stop_again():
    rule = some_rule(when=(at_least("bp", 160),))
    (stop,) = stops([rule], {"bp": 165}, at=NOON)
    override = Override(
        rule_id="r", facts_digest=stop.facts_digest, by="p1", by_role="prescriber", reason="seen"
    )
    assert not outstanding(stops([rule], {"bp": 165}, at=NOON), [override])
    assert outstanding(stops([rule], {"bp": 166}, at=NOON), [override])
    assert outstanding(stops([rule], {}, at=NOON), [override])


def test_an_override_holds_while_only_time_passes():
    rule = some_rule(
        when=(Condition(fact="t", op="since_under", label="food", limit=Sourced(6, "h", "M", "ASA")),)
    )
    facts = {"t": "2026-03-02T11:00:00Z"}
    (early,), (later,) = (stops([rule], facts, at=NOON + timedelta(hours=h)) for h in (0, 1))
    assert early.facts_digest == later.facts_digest
    assert early.reason != later.reason


def test_the_same_value_of_another_type_is_another_fact():
    rule = some_rule(when=(at_least("bp", 1),))
    digests = {stops([rule], {"bp": value}, at=NOON)[0].facts_digest for value in (1, 1.0, "1", True, None)}
    assert len(digests) == 5


def test_a_stop_names_every_fact_it_used_with_its_value():
    rule = some_rule(
        given=(Condition(fact="c", op="present", label="c"),),
        unless=(Condition(fact="d", op="is", value=True, label="d"),),
    )
    (stop,) = stops([rule], {"a.b": True, "c": 3}, at=NOON)
    assert [(used.id, used.value) for used in stop.facts] == [("a.b", True), ("c", 3), ("d", None)]
    assert (stop.source, stop.tag, stop.settled_by) == ("a page", "D", "ask again")


def test_a_rule_whose_ground_is_not_given_does_not_stop():
    rule = some_rule(given=(Condition(fact="c", op="is", value=True, label="c"),))
    assert not stops([rule], {"a.b": True, "c": False}, at=NOON)
    assert stops([rule], {"a.b": True}, at=NOON)[0].unknown


def test_what_would_let_it_pass_must_be_known_to_do_so():
    rule = some_rule(unless=(Condition(fact="c", op="is", value=True, label="c"),))
    assert not stops([rule], {"a.b": True, "c": True}, at=NOON)
    assert stops([rule], {"a.b": True}, at=NOON)


def test_a_milder_rule_is_left_out_only_where_the_stricter_one_is_known_to_stop():
    strict = some_rule(id="strict", kind="absolute", when=(at_least("bp", 160),))
    mild = some_rule(id="mild", when=(at_least("bp", 140),), covered_by="strict")
    assert [each.rule_id for each in stops([strict, mild], {"bp": 165}, at=NOON)] == ["strict"]
    assert [each.rule_id for each in stops([strict, mild], {"bp": 145}, at=NOON)] == ["mild"]
    assert [each.rule_id for each in stops([strict, mild], {}, at=NOON)] == ["strict", "mild"]


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes()))
def test_no_value_however_strange_is_passed_over_or_breaks_the_check(value):
    for fact in (
        "baseline.sbp_mmhg",
        "intake.solids_at",
        "mood.item9",
        "weight.weight_g",
        "pregnancy.answer",
    ):
        found = stops(RULES, CHECKIN["good"] | {fact: value}, at=CHECKIN["at"])
        readable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if fact == "baseline.sbp_mmhg" and not readable:
            assert "bp-do-not-start" in [each.rule_id for each in found]


@given(st.permutations(list(RULES)))
def test_the_order_of_the_rules_changes_nothing_but_the_order_of_the_stops(rules):
    facts = CHECKIN["good"] | {"baseline.sbp_mmhg": 165.0, "mood.plan": True}
    assert sorted(each.rule_id for each in stops(rules, facts, at=CHECKIN["at"])) == [
        "bp-do-not-start",
        "item9",
    ]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"op": "is"}, "value: expected"),
        ({"op": "above"}, "limit: expected"),
        ({"op": "rise"}, "than: expected"),
        ({"op": "missing", "value": True}, "value: does not belong"),
        (
            {"op": "since_under", "limit": Sourced(6, "mm[Hg]", "M", "x")},
            "limit.unit: expected one of s, min",
        ),
    ],
)
def test_a_condition_without_what_its_operation_needs_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        Condition(**({"fact": "a", "label": "a"} | changes))


def test_a_rule_without_conditions_or_source_is_refused():
    with pytest.raises(ValueError, match="when: expected at least one condition"):
        some_rule(when=())
    with pytest.raises(ValueError, match="source, settled_by: expected words"):
        some_rule(source=" ")
