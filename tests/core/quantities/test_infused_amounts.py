"""Rate × time × weight against 13,224 infusion records of real patients (MIMIC-III demo)."""

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from chairside.core.quantities import RATE_UNITS, InfusionRecord, amount_over, infusion_refusals

UNIT_NAMES = {
    "mL/hour": "mL/h",
    "mcg/kg/min": "ug/kg/min",
    "mg/hour": "mg/h",
    "mcg/hour": "ug/h",
    "grams/hour": "g/h",
    "mg/min": "mg/min",
    "mg/kg/hour": "mg/kg/h",
    "mL/kg/hour": "mL/kg/h",
    "grams/min": "g/min",
}
CHECKABLE = {"mL/h", "ug/kg/min", "mg/h", "ug/h", "g/h", "mg/min"}
STATED_IN_BASE = {"ml": 1000, "mg": 1000, "grams": 1_000_000}
SPAN_AND_SIGN = {"ends before it starts", "negative amount", "negative rate"}


def record_of(row):
    starts, ends = (
        datetime.fromisoformat(row[name]).replace(tzinfo=UTC) for name in ("starttime", "endtime")
    )
    unit = UNIT_NAMES.get(row["rateuom"], row["rateuom"])
    return InfusionRecord(
        rate=Fraction(row["rate"] or 0),
        unit=unit,
        starts_s=Fraction(int(starts.timestamp())),
        ends_s=Fraction(int(ends.timestamp())),
        weight_g=Fraction(row["patientweight"]) * 1000,
        stated_amount=Fraction(row["amount"]),
        rewritten=row["statusdescription"] == "Rewritten",
    )


@pytest.fixture(scope="module")
def recorded(shared):
    """Each row with its record and the reasons not to count it."""
    with gzip.open(shared / "data" / "infusions" / "infusion_events.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    records = [record_of(row) for row in rows]
    return [(row, each, infusion_refusals(each)) for row, each in zip(rows, records, strict=True)]


def reckoned(record):
    return amount_over(
        record.rate,
        unit=RATE_UNITS[record.unit],
        seconds=record.ends_s - record.starts_s,
        weight_g=record.weight_g,
    )


def disagreeing(recorded, units):
    """(how many were compared, those more than a millionth away from what was stated)."""
    compared = [
        (row, each)
        for row, each, refusals in recorded
        if each.unit in units and not SPAN_AND_SIGN & set(refusals)
    ]
    apart = [
        row["row_id"]
        for row, each in compared
        if abs(reckoned(each) / STATED_IN_BASE[row["amountuom"]] - each.stated_amount)
        > abs(each.stated_amount) / 1_000_000
    ]
    return len(compared), apart


def test_every_checkable_amount_is_reproduced_to_a_millionth(recorded):
    assert disagreeing(recorded, CHECKABLE) == (6653, [])


def test_the_rarer_units_are_reproduced_as_well(recorded):
    assert disagreeing(recorded, set(UNIT_NAMES.values()) - CHECKABLE) == (25, [])


def test_the_rates_in_micrograms_per_hour_state_milligrams(recorded):
    stated = Counter(row["amountuom"] for row, each, _ in recorded if each.unit == "ug/h")
    assert stated == {"mg": 311}


def test_what_can_not_be_counted_is_refused_by_name(recorded):
    found = Counter(name for _, _, refusals in recorded for name in refusals)
    assert found["rewritten"] == 2910
    assert found["negative amount"] == 22
    assert found["ends before it starts"] == 24


def test_substances_counted_in_units_or_milliequivalents_are_not_guessed_at(recorded):
    unknown = Counter(each.unit for _, each, refusals in recorded if "unit not known" in refusals)
    assert unknown == {"": 5889, "mEq./hour": 495, "units/hour": 149}


def record(**changes):
    return InfusionRecord(
        **{"rate": Fraction(1), "unit": "ug/kg/min", "starts_s": Fraction(0), "ends_s": Fraction(60)}
        | {"weight_g": Fraction(70_000)}
        | changes
    )


@pytest.mark.parametrize(
    ("changes", "refusals"),
    [
        ({}, ()),
        ({"ends_s": Fraction(1)}, ()),
        ({"ends_s": Fraction(0)}, ("ends before it starts",)),
        ({"rate": Fraction(0)}, ()),
        ({"rate": Fraction(-1)}, ("negative rate",)),
        ({"stated_amount": Fraction(0)}, ()),
        ({"stated_amount": Fraction(-1)}, ("negative amount",)),
        ({"weight_g": None}, ("weight unknown",)),
        ({"weight_g": None, "unit": "mg/h"}, ()),
        ({"unit": "drops"}, ("unit not known",)),
        ({"rewritten": True, "rate": Fraction(-1)}, ("rewritten", "negative rate")),
    ],
)
def test_each_refusal_has_its_name(changes, refusals):
    assert infusion_refusals(record(**changes)) == refusals


def test_a_rate_by_weight_is_not_reckoned_without_a_weight():
    with pytest.raises(ValueError, match=r"^weight: expected a weight for a rate in ug/kg/min"):
        amount_over(Fraction(1), unit=RATE_UNITS["ug/kg/min"], seconds=Fraction(60), weight_g=None)


def test_a_microgram_per_kilogram_and_minute_at_70_kg_is_70_micrograms_a_minute():
    amount = amount_over(
        Fraction(1), unit=RATE_UNITS["ug/kg/min"], seconds=Fraction(60), weight_g=Fraction(70_000)
    )
    assert amount == 70
