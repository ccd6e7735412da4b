"""The drug books: the cases of `tests/spec/ledger`, and what holds for any afternoon."""

import random
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.ledger import MUST_BE_STATED, BadPosting, Posting, Tolerance, balances, books

SPEC = Path(__file__).parents[2] / "spec" / "ledger"
TOLERANCES = {"ketamine": Tolerance(absolute_ug=2000, relative_ppm=50_000)}
HOW_KNOWN = {"counted", "pump volume", "read on the syringe", "estimated", "by difference"}


def cases(topic):
    parsed = tomllib.loads((SPEC / f"{topic}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in parsed]


def posting(from_account, to_account, container, amount_ug, *rest, substance="ketamine"):
    """A posting from its written form; what follows the amount is a way of knowing or a syringe."""
    return Posting(
        substance=substance,
        container=container,
        from_account=from_account,
        to_account=to_account,
        amount_ug=amount_ug,
        how_known=next((each for each in rest if each in HOW_KNOWN), "read on the syringe"),
        into=next((each for each in rest if each not in HOW_KNOWN), ""),
        event="event-1",
    )


def ketamine_book(*written):
    (book,) = books([posting(*each) for each in written], TOLERANCES)
    return book


@pytest.mark.parametrize("case", cases("books"))
def test_the_book_of_a_session(case):
    substance = case.get("substance", "ketamine")
    (book,) = books([posting(*each, substance=substance) for each in case["postings"]], TOLERANCES)
    assert book.substance == substance
    assert book.outcome == case["outcome"]
    assert list(book.missing) == case.get("missing", [])
    assert list(book.reasons) == case.get("reasons", list(book.reasons))
    assert {name: list(ways) for name, ways in book.how_known.items()} == case.get(
        "how_known", {name: list(ways) for name, ways in book.how_known.items()}
    )
    for name in (name for name in case if name.endswith("_ug")):
        assert (name, getattr(book, name)) == (name, case[name])
    for name in case.get("unknown", []):
        assert (name, getattr(book, name)) == (name, None)


@pytest.mark.parametrize("case", cases("refusals"))
def test_a_movement_that_can_not_have_happened_is_refused(case):
    def move():
        return Posting(
            substance=case.get("substance", "ketamine"),
            container=case.get("container", "v1"),
            from_account=case["from"],
            to_account=case["to"],
            amount_ug=case["amount_ug"],
            how_known="counted",
            event="event-1",
            into=case.get("into", ""),
        )

    if "refused" not in case:
        assert move().amount_ug == case["amount_ug"]
        return
    with pytest.raises(BadPosting, match=f"^{re.escape(case['refused'])}$") as refused:
        move()
    assert case["refused"] == f"{refused.value.field}: expected {refused.value.expected}"


def test_no_postings_make_no_book():
    assert books([], TOLERANCES) == ()


def test_each_substance_has_its_own_book_by_name():
    found = books(
        [
            posting("stock", "vial", "v2", 5000, substance="midazolam"),
            posting("vial", "returned", "v2", 5000, substance="midazolam"),
            posting("stock", "vial", "v1", 50_000),
        ],
        TOLERANCES,
    )
    assert [(each.substance, each.outcome) for each in found] == [
        ("ketamine", "case"),
        ("midazolam", "balanced"),
    ]


def test_the_worst_of_its_parts_is_the_outcome_of_a_book():
    open_and_lost = ketamine_book(
        ("stock", "vial", "v1", 50_000),
        ("stock", "vial", "v2", 50_000),
        ("vial", "syringe", "v1", 35_000, "s1"),
    )
    assert open_and_lost.outcome == "case"
    assert [each.outcome for each in open_and_lost.vials] == ["open", "case"]
    assert [each.outcome for each in open_and_lost.syringes] == ["open"]
    assert open_and_lost.missing


def test_a_vial_and_a_syringe_of_the_same_name_stay_apart():
    book = ketamine_book(
        ("stock", "vial", "1", 50_000),
        ("vial", "syringe", "1", 35_000, "1"),
        ("vial", "waste", "1", 15_000),
        *[("syringe", account, "1", 35_000 if account == "given" else 0) for account in MUST_BE_STATED],
    )
    assert book.outcome == "balanced"
    assert book.waste_ug == 0
    assert book.vials[0].went_ug["waste"] == 15_000
    assert book.how_known["waste of vial"] == ("read on the syringe",)


def test_a_tolerance_is_the_lower_of_two_and_rounds_down():
    tolerance = Tolerance(absolute_ug=2000, relative_ppm=50_000)
    assert [tolerance.of(each) for each in (0, 19, 20, 39_999, 40_000, 40_001, 100_000)] == [
        0,
        0,
        1,
        1999,
        2000,
        2000,
        2000,
    ]


# Invented afternoons -----------------------------------------------------------------------------

amounts = st.integers(0, 60_000)
moves = st.one_of(
    st.tuples(st.just("stock"), st.just("vial"), st.sampled_from(["v1", "v2"]), amounts),
    st.tuples(
        st.just("vial"),
        st.just("syringe"),
        st.sampled_from(["v1", "v2"]),
        amounts,
        st.sampled_from(["s1", "s2"]),
    ),
    st.tuples(
        st.just("vial"),
        st.sampled_from(["waste", "returned", "lost"]),
        st.sampled_from(["v1", "v2"]),
        amounts,
    ),
    st.tuples(
        st.just("syringe"),
        st.sampled_from(["given", "line", "waste", "returned", "lost"]),
        st.sampled_from(["s1", "s2"]),
        amounts,
        st.sampled_from(sorted(HOW_KNOWN)),
    ),
    st.tuples(st.just("line"), st.sampled_from(["given", "waste"]), st.sampled_from(["s1", "s2"]), amounts),
)
afternoons = st.lists(moves.map(lambda move: posting(*move)), min_size=1, max_size=20)


@given(afternoons)
def test_whatever_moves_the_accounts_sum_to_zero(postings):
    assert sum(balances(postings).values()) == 0


@given(afternoons, st.integers())
def test_the_order_of_postings_never_changes_a_book(postings, seed):
    shuffled = list(postings)
    random.Random(seed).shuffle(shuffled)
    assert books(shuffled, TOLERANCES) == books(postings, TOLERANCES)


@given(afternoons)
def test_a_book_that_closes_adds_up_and_leaves_nothing_unknown(postings):
    (book,) = books(postings, TOLERANCES)
    stated = [book.drawn_ug, book.given_ug, book.line_ug, book.waste_ug, book.returned_ug, book.difference_ug]
    if None not in stated:
        drawn, *rest = stated
        assert drawn == sum(rest)
    if book.outcome in ("balanced", "within tolerance"):
        assert None not in stated
        assert not book.missing
        assert abs(book.difference_ug) <= book.tolerance_ug


@given(afternoons)
def test_what_is_left_in_syringes_and_lost_is_the_difference(postings):
    (book,) = books(postings, TOLERANCES)
    held = balances(postings)
    for syringe in book.syringes:
        if syringe.difference_ug is not None:
            left = held.get(("ketamine", syringe.container, "syringe"), 0)
            lost = held.get(("ketamine", syringe.container, "lost"), 0)
            assert syringe.difference_ug == left + lost


runs = st.lists(st.tuples(st.integers(0, 100_000), st.integers(1, 1800)), min_size=1, max_size=6)


@given(runs, st.lists(st.integers(100, 5000), max_size=3), st.integers(0, 5000), st.integers(1, 3))
def test_rates_pauses_boluses_and_vials_that_are_all_stated_balance(runs, boluses_ug, line_ug, vials):
    pumped_ug = sum(rate_ul_per_h * seconds // 3600 for rate_ul_per_h, seconds in runs)  # 1 mg/mL
    drawn_ug = pumped_ug + sum(boluses_ug) + line_ug + 1000
    share = -(-drawn_ug // vials)
    postings = [posting("stock", "vial", f"v{each}", share) for each in range(vials)]
    for each in range(vials):
        part = min(share, drawn_ug - each * share)
        postings.append(posting("vial", "syringe", f"v{each}", part, "s1"))
        postings.append(posting("vial", "waste", f"v{each}", share - part))
    postings += [posting("syringe", "given", "s1", each, "pump volume") for each in (pumped_ug, *boluses_ug)]
    postings += [posting("syringe", "line", "s1", line_ug), posting("syringe", "waste", "s1", 1000)]
    (still_open,) = books(postings, TOLERANCES)
    assert (still_open.outcome, still_open.missing) == ("open", ("returned of s1",))
    (book,) = books([*postings, posting("syringe", "returned", "s1", 0)], TOLERANCES)
    assert (book.outcome, book.difference_ug) == ("balanced", 0)
    assert book.drawn_ug == drawn_ug
