"""The export's schema in the docs is the one that is made, and a session's export fits it."""

import json
from datetime import timedelta

import pytest
from jsonschema import Draft202012Validator

from chairside.charts.exporting import session_export
from chairside.charts.sessions import NoSuchSession
from chairside.interop.export import schema
from tests.actions.afternoon import T0, ready_clinic
from tests.charts.endings import told
from tests.conftest import ROOT
from tests.people import six

__all__ = ["six"]
LATER = T0 + timedelta(hours=3)


@pytest.fixture
def exported(six):
    """A whole session's export."""
    story = told(ready_clinic(six)).recovered().released().counted(given=34_000).signed()
    return session_export(story.session, six.clinic, at=LATER, not_for_care=False)


def test_the_schema_in_the_docs_is_the_one_that_is_made():
    kept = json.loads((ROOT / "docs" / "export.schema.json").read_text())
    assert kept == schema()
    Draft202012Validator.check_schema(kept)


def test_a_session_fits_the_schema_and_nothing_more_stands_in_it(exported):
    assert not list(Draft202012Validator(schema()).iter_errors(exported))
    exported["surprise"] = 1
    assert list(Draft202012Validator(schema()).iter_errors(exported))


def test_the_drug_is_in_whole_micrograms_and_its_difference_is_shown(exported):
    assert exported["drug"] == [
        {
            "substance": "ketamine",
            "drawn_ug": 35_000,
            "given_ug": 34_000,
            "line_ug": 0,
            "waste_ug": 100,
            "returned_ug": 0,
            "difference_ug": 900,
        }
    ]


def test_the_states_are_those_of_the_day_in_order(exported):
    assert [each["state"] for each in exported["states"]] == [
        "planned",
        "checked-in",
        "prepared",
        "infusing",
        "recovering",
        "ready",
        "released",
    ]


def test_each_value_stands_with_its_source_and_verdict(exported):
    first = exported["readings"][0]
    assert (first["signal"], first["value"], first["unit"]) == ("sbp_mmhg", 124.0, "mm[Hg]")
    assert (first["source"], first["verdict"], first["quality"]) == ("typed", "accepted", "no fault found")


def test_no_name_leaves(exported):
    text = json.dumps(exported)
    assert "Rivera" not in text
    assert "The nurse" not in text


def test_another_clinics_session_is_unknown(six):
    story = told(ready_clinic(six))
    with pytest.raises(NoSuchSession):
        session_export(story.session, six.elsewhere, at=LATER, not_for_care=False)
