"""Messages that no one on the project wrote."""

from pathlib import Path

import pytest

from chairside.interop.hl7v2 import Codes, Hl7Refused, read_message

ZONE = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("adt_a04_register", "MSH-9"),
        ("adt_a04_v23_latin1", "MSH-9"),
        ("adt_a40_merge", "MSH-9"),
        ("lfh-sample_unix", "MSH-9"),
        ("lfh-sample_win", "MSH-9"),
        ("lfh-ORU-multiline-short-mixed", "MSH-11"),
    ],
)
def test_it_refuses_with_a_reason_what_is_no_live_observation(
    name: str, field: str, shared: Path, codes: Codes
) -> None:
    raw = (shared / "data/hl7v2" / f"{name}.hl7").read_bytes()
    with pytest.raises(Hl7Refused) as caught:
        read_message(raw, codes=codes, zone=ZONE)
    assert (caught.value.ack_code, caught.value.field) == ("AR", field)
    assert caught.value.control_id


def test_it_keeps_every_observation_of_a_line_feed_message_once_it_is_live(
    shared: Path, codes: Codes
) -> None:
    raw = (shared / "data/hl7v2/lfh-ORU-multiline-short-mixed.hl7").read_bytes()
    message = read_message(raw.replace(b"|T|2.6|", b"|P|2.6|"), codes=codes, zone=ZONE)
    assert len(message.readings) == 4
    assert sum(message.unknown.values()) == 4
    assert message.other_segments == {"NTE": 1}


def test_it_keeps_every_observation_of_a_report(shared: Path, codes: Codes) -> None:
    raw = (shared / "data/hl7v2/oru_r01_final.hl7").read_bytes()
    message = read_message(raw, codes=codes, zone=ZONE)
    assert len(message.readings) == raw.count(b"\nOBX|") == 3
    assert message.unknown == {"&GDT^Findings^": 2, "&IMP^Impression^": 1}
    assert message.patient_name == "JOSÉ NÚÑEZ"
    assert message.location.bed == "01"
