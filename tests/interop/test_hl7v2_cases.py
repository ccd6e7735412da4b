"""The case files of `tests/spec/hl7v2`."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chairside.interop.hl7v2 import Codes, Hl7Refused, acknowledge, read_message
from tests.interop.conftest import GOOD, bent, cases, with_obx

AT = datetime(2026, 11, 23, 18, 15, 1, tzinfo=UTC)
ZONE = "America/Los_Angeles"


@pytest.mark.parametrize("case", cases("values"))
def test_a_value_of_the_wire_is_judged_as_its_case_says(case: dict[str, Any], codes: Codes) -> None:
    code = codes.written_code(case["signal"])
    flags = "~".join(case.get("flags", ()))
    status = case.get("status", "F")
    identifier = f"{code.code}^{code.name}^{code.system}"
    obx = f"OBX||{case.get('type', 'NM')}|{identifier}||{case['text']}|{case['unit']}||{flags}|||{status}"

    [reading] = read_message(with_obx(obx), codes=codes, zone=ZONE).readings

    assert (reading.signal, reading.verdict) == (case["signal"], case["verdict"])
    assert reading.value == case.get("value")
    assert reading.unverified is case.get("unverified", False)
    assert case.get("reason", "") in reading.reason
    assert reading.reason or reading.verdict == "numeric"
    assert "Munoz" not in reading.reason


@pytest.mark.parametrize("case", cases("refusals"))
def test_a_message_is_refused_as_its_case_says(case: dict[str, Any], codes: Codes) -> None:
    raw = bent(case["find"], case["put"])

    with pytest.raises(Hl7Refused) as caught:
        read_message(raw, codes=codes, zone=ZONE)

    assert (caught.value.ack_code, caught.value.field) == (case["ack"], case["field"])
    assert caught.value.reason
    assert caught.value.control_id == ("" if "MSG1" in case["find"] else "MSG1")


@pytest.mark.parametrize("case", cases("acknowledgements"))
@pytest.mark.parametrize("outcome", ["good", "AE", "AR"])
def test_the_acknowledgement_is_of_the_kind_that_was_asked_for(
    case: dict[str, Any], outcome: str, codes: Codes
) -> None:
    raw = bent("|AL|NE|", f"|{case['accept']}|{case['application']}|")
    message = read_message(raw, codes=codes, zone=ZONE)
    answered = message if outcome == "good" else Hl7Refused(outcome, "no room", header=message.header)

    answer = acknowledge(answered, at=AT, control_id="A1").decode()

    if not case[outcome]:
        assert answer == ""
    else:
        assert f"\rMSA|{case[outcome]}|MSG1" in answer


def test_the_good_message_is_good(codes: Codes) -> None:
    message = read_message(GOOD.encode(), codes=codes, zone=ZONE)
    assert [(reading.signal, reading.value) for reading in message.readings] == [
        ("hr_per_min", 72.0),
        ("spo2_percent", 97.0),
    ]
