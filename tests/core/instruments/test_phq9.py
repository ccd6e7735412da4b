"""PHQ-9: the case file, and five thousand people of NHANES who answered it."""

import csv
import gzip
import tomllib
from collections import Counter
from pathlib import Path
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.instruments import Instrument, score
from chairside.core.instruments.scoring import BadAnswers
from chairside.library.loader import BadLibraryFile, read_file, standard

FILE = standard()["instrument", "phq-9"]
PHQ9: Instrument = FILE.typed
ITEMS = [item.id for item in PHQ9.scored]
SPEC = tomllib.loads((Path(__file__).parents[2] / "spec" / "instruments" / "phq9.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def nhanes(shared):
    """The answers of every person, by item; an empty cell is no answer."""
    with gzip.open(shared / "data" / "phq9" / "nhanes_2017_2018_phq9_bp.csv.gz", "rt") as table:
        return [
            {item: int(float(row[item])) if row[item] else None for item in ITEMS}
            for row in csv.DictReader(table)
        ]


@pytest.mark.parametrize("case", [pytest.param(each, id=each["title"]) for each in SPEC["case"]])
def test_it_scores_by_the_rules_of_its_file(case):
    answers = {
        item: None if answer < 0 else answer for item, answer in zip(ITEMS, case["answers"], strict=True)
    }
    found = score(PHQ9, answers)
    assert found.total == case.get("total")
    assert (found.band.id if found.band else None) == case.get("band")
    assert found.alone == ((("phq9", case["alone"]),) if "alone" in case else ())
    assert found.alone_unknown == (("phq9",) if "alone_unknown" in case else ())
    assert found.imputed is case.get("imputed", False)
    if "says" in case:
        assert found.reason == case["says"]


def test_it_reproduces_nhanes_2017_2018(nhanes):
    complete = [score(PHQ9, answers) for answers in nhanes if None not in answers.values()]
    totals = [each.total for each in complete]
    assert (len(nhanes), len(complete)) == (5093, 5068)
    assert (round(mean(totals), 3), round(stdev(totals), 3)) == (3.241, 4.245)
    bands = Counter(each.band.id for each in complete)
    assert [bands[band.id] for band in PHQ9.bands] == [3772, 837, 292, 124, 43]
    assert sum(total >= 10 for total in totals) == 459


def test_item_9_is_seen_in_everyone_who_answered_it_positively(nhanes):
    positive = [found for found in (score(PHQ9, answers) for answers in nhanes) if found.alone]
    complete = [each for each in positive if each.total is not None and not each.imputed]
    assert len(positive) == 192
    assert sum(each.total < 10 for each in complete) == 64


def test_item_9_is_filled_in_for_nobody(nhanes):
    unanswered = [score(PHQ9, answers) for answers in nhanes if answers["phq9"] is None]
    assert unanswered
    assert all(each.total is None and each.alone_unknown == ("phq9",) for each in unanswered)


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9), st.integers(0, 7))
def test_a_missing_item_never_moves_the_total_by_more_than_that_item_could(answers, missing):
    full = dict(zip(ITEMS, answers, strict=True))
    total = score(PHQ9, full).total
    imputed = score(PHQ9, full | {ITEMS[missing]: None})
    assert abs(imputed.total - total) <= 3
    assert imputed.imputed and not score(PHQ9, full).imputed


@given(st.permutations(ITEMS), st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_the_order_of_the_answers_does_not_matter(order, answers):
    given_answers = dict(zip(ITEMS, answers, strict=True))
    assert score(PHQ9, {item: given_answers[item] for item in order}) == score(PHQ9, given_answers)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"phq1": 4}, "phq-9.phq1: expected one of 0, 1, 2, 3, not 4"),
        ({"phq1": -1}, "phq-9.phq1: expected one of 0, 1, 2, 3, not -1"),
        ({"phq1": True}, "phq-9.phq1: expected one of 0, 1, 2, 3, not True"),
        ({"phq10": 1}, "phq-9.phq10: there is no such item"),
    ],
)
def test_an_answer_that_is_none_of_its_options_is_refused(answers, says):
    with pytest.raises(BadAnswers, match=says):
        score(PHQ9, answers)


def test_the_difficulty_question_has_its_own_options_and_is_not_scored():
    answers = dict.fromkeys(ITEMS, 1)
    assert score(PHQ9, answers | {"difficulty": 3}) == score(PHQ9, answers)
    difficulty = next(item for item in PHQ9.items if item.id == "difficulty")
    assert PHQ9.options_of(difficulty)[0].label == "Not difficult at all"


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("text_may_ship = true", "text_may_ship = false", "licence: expected text_may_ship where the text"),
        ('never_imputed = ["phq9"]', 'never_imputed = ["phq10"]', "there is no item 'phq10'"),
        ("high = { value = 4,", "high = { value = 5,", "bands: expected bands that meet"),
        ('id = "phq2"', 'id = "phq1"', "items: expected at least one scored item, each with its own id"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(written, instead, says):
    assert written in FILE.raw.decode()
    with pytest.raises(BadLibraryFile, match=says):
        read_file(FILE.raw.decode().replace(written, instead, 1).encode(), "phq-9.toml")
