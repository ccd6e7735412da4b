"""The code table: no code without a source, no loose ends, and the codes others publish."""

import re
from importlib import resources
from pathlib import Path

import pytest

from chairside.interop.hl7v2 import BadCodeTable, Codes, read_codes

RAW = resources.files("chairside.library").joinpath("codes", "vitals.toml").read_text("utf-8")


def test_every_signal_has_one_code_to_write(codes: Codes) -> None:
    assert {codes.written_code(signal).signal for signal in codes.signals} == set(codes.signals)


def test_every_signal_ends_with_its_unit(codes: Codes) -> None:
    endings = {"/min": "_per_min", "%": "_percent", "mm[Hg]": "_mmhg", "Cel": "_cel"}
    for signal in codes.signals.values():
        assert signal.name.endswith(endings[signal.unit])


@pytest.mark.parametrize(
    ("find", "put", "sentence"),
    [
        ('signal = "hr_per_min"', 'signal = "mood"', "expected a signal of this table, not 'mood'"),
        ('unit = "Cel"\nunit_when', 'unit = "K"\nunit_when', "expected a unit of this table, not 'K'"),
        ('code = "147842"', 'code = "149530"', "expected to stand once"),
        ('source = "US Core heart rate profile"', 'source = " "', "code 8867-4: expected a source"),
        ('source = "US Core heart rate profile"', "", "missing required field `source`"),
        ('tag = "V"', 'tag = "Z"', "Invalid enum value 'Z'"),
        ('means = "kept"', 'means = "fine"', "Invalid enum value 'fine'"),
        ('kind = "codes"', "kind = 1", "$.kind"),
        ("[[signals]]", "[[signals", "code table: "),
    ],
)
def test_a_bad_table_is_refused_with_where_and_what(find: str, put: str, sentence: str) -> None:
    assert find in RAW
    with pytest.raises(BadCodeTable, match=re.escape(sentence)):
        read_codes(RAW.replace(find, put, 1).encode())


def test_the_codes_of_the_point_of_care_examples_map(shared: Path, codes: Codes) -> None:
    examples = shared / "data/pocd-fhir"
    named = {
        "Observation-HeartRateNumericObservation.xml": {"hr_per_min"},
        "Observation-NBPCompoundNumericObservation.xml": {"sbp_mmhg", "dbp_mmhg", "map_mmhg"},
    }
    for name, signals in named.items():
        text = (examples / name).read_text("utf-8")
        found = set()
        for system, code in re.findall(r'<system value="([^"]+)"/>\s*<code value="([^"]+)"', text):
            known = {"urn:iso:std:iso:11073:10101": "MDC", "http://loinc.org": "LN"}.get(system)
            signal = codes.signal_of(system=known, code=code, name="") if known else None
            if signal:
                found.add(signal.name)
        assert found == signals
