"""One-tap acts and rescue drugs as their files have them."""

import pytest

from chairside.core.safety.acts import Acts, Rescue
from chairside.library.loader import BadLibraryFile, read_file, standard

ACTS_FILE = standard()["acts", "acts-at-the-chair"]
ACTS: Acts = ACTS_FILE.typed
RESCUE_FILE = standard()["rescue", "rescue-drugs"]
RESCUE: Rescue = RESCUE_FILE.typed


@pytest.mark.parametrize(
    ("act", "score", "says"),
    [
        ("sedation", 5, None),
        ("sedation", 0, None),
        ("sedation", 6, "sedation: expected one of the scores 5, 4, 3, 2, 1, 0, not 6"),
        ("sedation", -1, "sedation: expected one of the scores 5, 4, 3, 2, 1, 0, not -1"),
        ("sedation", None, "sedation: expected one of the scores 5, 4, 3, 2, 1, 0, not None"),
        ("pain", 10, None),
        ("pain", 11, "pain: expected one of the scores 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, not 11"),
        ("resting", None, None),
        ("resting", 1, "resting: expected no score, not 1"),
    ],
)
def test_a_score_must_stand_on_its_scale(act, score, says):
    assert ACTS.act(act).problem(score) == says


def test_stopping_and_emergencies_stand_apart():
    urgent = {act.id for act in ACTS.acts if act.urgent}
    assert {"asks-to-stop", "unresponsive", "emergency-called", "oxygen-on"} <= urgent


def test_only_what_loinc_was_seen_to_name_is_mapped():
    mapped = {act.id: act.code for act in ACTS.acts if act.mapped}
    assert mapped == {"pain": "72514-3"}


def test_unknown_names_are_nothing():
    assert ACTS.act("dance") is None
    assert RESCUE.drug("ketamine") is None


def test_the_controlled_drugs_are_the_benzodiazepines():
    assert {drug.id for drug in RESCUE.drugs if drug.controlled} == {"midazolam", "lorazepam"}
    assert RESCUE.drug("midazolam").schedule == "CIV"


def test_no_dose_stands_in_the_rescue_file():
    assert not any(character.isdigit() for drug in RESCUE.drugs for character in drug.name + drug.caution)


@pytest.mark.parametrize(
    ("file", "written", "instead", "says"),
    [
        (
            ACTS_FILE,
            'id = "comfortable"',
            'id = "resting"',
            "acts: expected at least one, each with its own id",
        ),
        (ACTS_FILE, "score = 4,", "score = 5,", "scale: expected two or more steps"),
        (RESCUE_FILE, 'schedule = "CIV"\n', "", "schedule: expected for a controlled drug"),
        (RESCUE_FILE, 'id = "metoclopramide"', 'id = "ondansetron"', "drugs: expected at least one"),
        (RESCUE_FILE, 'units = ["mg"]', "units = []", "units, routes: expected at least one"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(file, written, instead, says):
    assert written in file.raw.decode()
    with pytest.raises(BadLibraryFile, match=says):
        read_file(file.raw.decode().replace(written, instead, 1).encode(), "x.toml")
