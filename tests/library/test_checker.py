"""What the checker finds, with file, line, field and reason; and nothing in the standard library."""

import pytest

from chairside.library.checker import check
from chairside.library.loader import read_file, standard

FILES = tuple(standard().values())
CHECKIN = standard()["checkin", "checkin-before-infusion"]
READINESS = standard()["readiness", "readiness-after-infusion"]
LIMITS = standard()["limits", "limits-tier-a"]
SIGNALS = standard()["signals", "signals-adult"]
MONITORING = standard()["monitoring", "monitoring-tier-a"]
PHQ9 = standard()["instrument", "phq-9"]


def with_change(file, written, instead):
    """All files, with one thing in one of them written otherwise."""
    text = file.raw.decode()
    assert written in text
    other = read_file(text.replace(written, instead, 1).encode(), file.name)
    return [other if each == file else each for each in FILES]


def wrong(files):
    return [str(finding) for finding in check(files).of("wrong")]


def test_nothing_is_wrong_in_the_standard_library():
    found = check(FILES)
    assert found.sound
    assert wrong(FILES) == []
    assert found.files == len(FILES)


def test_numbers_are_counted_by_tag():
    counts = check(FILES).numbers_by_tag
    assert counts["V"] > 0 and counts["D"] > 0
    assert check([CHECKIN]).numbers_by_tag["M"] == 2


def test_recalled_and_proposed_numbers_are_inactive_until_their_file_is_signed():
    before = check([CHECKIN])
    reasons = [finding.reason for finding in before.of("inactive")]
    assert "inactive until signed: the file has no signature" in reasons
    assert "inactive until signed: 6 h has the tag M" in reasons
    assert "inactive until signed: 160 mm[Hg] has the tag D" in reasons
    assert not any("140 mm[Hg]" in reason for reason in reasons)
    after = check([CHECKIN], signed={CHECKIN.sha256})
    assert (after.of("inactive"), after.signed, before.signed) == ((), 1, 0)


def test_an_inactive_number_is_named_with_its_line():
    finding = next(each for each in check([CHECKIN]).of("inactive") if "6 h" in each.reason)
    assert "value = 6," in CHECKIN.raw.decode().splitlines()[finding.line - 1]
    assert finding.field.endswith(".limit")


@pytest.mark.parametrize(
    ("file", "written", "instead", "says"),
    [
        (CHECKIN, 'unit = "mm[Hg]"', 'unit = "torr"', "expected a known unit, not 'torr'"),
        (CHECKIN, "value = 160,", "value = inf,", "expected a finite number, not inf"),
        (
            CHECKIN,
            'source = "Chairside proposal; no guideline wording behind the exact number"',
            'source = " "',
            "expected a source",
        ),
        (
            PHQ9,
            'source = "phqscreeners.com terms, as quoted in the CamCOPS documentation"',
            'source = ""',
            "licence",
        ),
        (CHECKIN, '"mood.plan"', '"mood.plann"', "there is no answer or fact 'mood.plann'"),
        (READINESS, '"gait.steady"', '"gait.stead"', "there is no answer, act or signal 'gait.stead'"),
        (READINESS, '"act.sedation"', '"act.sedated"', "there is no answer, act or signal 'act.sedated'"),
        (READINESS, '"set.hr_per_min"', '"set.hr"', "there is no signal 'set.hr'"),
        (LIMITS, 'signal = "etco2_mmhg"', 'signal = "etco2"', "there is no signal 'etco2'"),
        (
            LIMITS,
            'value = 92, unit = "%"',
            'value = 92, unit = "/min"',
            "expected the unit of spo2_percent, %, not /min",
        ),
        (
            LIMITS,
            'value = 180, unit = "mm[Hg]"',
            'value = 180, unit = "%"',
            "expected the unit of sbp_mmhg, mm[Hg]",
        ),
        (SIGNALS, 'id = "temperature_cel"', 'id = "warmth"', "no code and no act means the signal 'warmth'"),
        (MONITORING, 'tier = "A"', 'tier = "B"', "there are no limits of the tier B"),
        (MONITORING, '"resting"', '"rests"', "there is no act 'rests'"),
        (MONITORING, '"sbp_mmhg"', '"sbp"', "there is no signal 'sbp'"),
        (
            CHECKIN,
            "value = 140,",
            "value = 161,",
            "its limit for baseline.sbp_mmhg lies beyond that of bp-do-not",
        ),
    ],
)
def test_what_is_wrong_is_found_and_named(file, written, instead, says):
    found = check(with_change(file, written, instead))
    assert not found.sound
    assert any(says in str(finding) and finding.file == file.name for finding in found.of("wrong"))


def test_a_limit_as_high_as_the_one_that_covers_it_is_not_wrong():
    assert wrong(with_change(CHECKIN, "value = 140,", "value = 160,")) == []


def test_a_rule_may_cover_one_about_the_same_fact_without_a_limit():
    covered = 'id = "weight-today"\ncovered_by = "weight-unit"'
    assert wrong(with_change(CHECKIN, 'id = "weight-today"', covered)) == []


def test_a_number_without_a_table_of_its_own_is_found():
    codes = next(file for file in FILES if file.kind == "codes")
    bare = codes.raw + b'\n[[flags]]\nflag = "Z"\nmeans = "kept"\nsays = "x"\ncount = 3\n'
    found = check([read_file(bare, "codes/vitals.toml")]).of("wrong")
    assert any(finding.reason == "a number needs a tag and a source" for finding in found)


def test_the_same_file_twice_is_wrong():
    again = read_file(CHECKIN.raw, "site/again.toml")
    assert any("stands in" in sentence for sentence in wrong([*FILES, again]))


def test_an_instrument_without_a_notice_is_noted():
    text = PHQ9.raw.decode()
    notice = next(line for line in text.splitlines() if line.startswith("notice"))
    found = check([read_file(text.replace(notice + "\n", "").encode(), PHQ9.name)])
    assert [finding.reason for finding in found.of("note")] == ["no notice to show"]
    assert found.sound


def test_an_instrument_without_a_file_is_noted_with_the_protocol_that_names_it():
    found = check(FILES).of("note")
    assert {(each.file, each.field) for each in found} == {
        ("protocols/trd-std-2x3.toml", "instruments"),
        ("protocols/trd-std-3x2.toml", "instruments"),
    }
    assert not any("PHQ-9" in each.reason for each in found)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("value = 30000,", "value = 40000,"),
        ("value = 250000,", "value = 249000,"),
        ("value = 10, unit", "value = 9, unit"),
    ],
)
def test_a_weight_is_questioned_and_stopped_by_the_same_limits(written, instead):
    found = wrong(with_change(CHECKIN, written, instead))
    assert len(found) == 1 and "differs from what the preparation asks about a weight" in found[0]


@pytest.mark.parametrize(
    ("written", "instead", "late"),
    [
        ("value = 180, unit", "value = 160, unit", False),
        ("value = 180, unit", "value = 159, unit", True),
        ('value = 120, unit = "/min"', 'value = 109, unit = "/min"', True),
        ("value = 45, unit", "value = 50, unit", False),
        ("value = 45, unit", "value = 51, unit", True),
        ("value = 92, unit", "value = 94, unit", False),
        ("value = 92, unit", "value = 95, unit", True),
    ],
)
def test_nobody_starts_where_a_running_infusion_would_be_halted(written, instead, late):
    found = wrong(with_change(LIMITS, written, instead))
    assert bool(found) is late
    assert all("lets start where" in sentence and sentence.startswith("checkin/") for sentence in found)


def test_a_rule_that_only_asks_for_a_reading_lets_nobody_start_late():
    asks = """[[rules]]
id = "bp-there"
title = "No blood pressure"
kind = "relative"
when = [{ fact = "baseline.sbp_mmhg", op = "missing", label = "blood pressure" }]
settled_by = "measure it"
source = "a page"
tag = "D"

[[rules]]
id = "bp-low"
"""
    assert wrong(with_change(CHECKIN, '[[rules]]\nid = "bp-low"\n', asks)) == []
