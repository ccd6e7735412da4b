"""The acknowledgement itself, and how a message sent twice is known."""

from datetime import UTC, datetime

import pytest

from chairside.interop.hl7v2 import Codes, Header, Hl7Refused, acknowledge, message_key, read_message
from tests.interop.conftest import GOOD, bent

AT = datetime(2026, 11, 23, 18, 15, 1, 250_000, tzinfo=UTC)
ZONE = "America/Los_Angeles"


def refusal(raw: bytes, codes: Codes) -> Hl7Refused:
    with pytest.raises(Hl7Refused) as caught:
        read_message(raw, codes=codes, zone=ZONE)
    return caught.value


def test_it_goes_back_to_its_sender_under_the_senders_own_control_id(codes: Codes) -> None:
    answer = acknowledge(read_message(GOOD.encode(), codes=codes, zone=ZONE), at=AT, control_id="A1")
    assert answer == (
        b"MSH|^~\\&|CHAIRSIDE||MONITOR|BEDS|20261123181501.250+0000||ACK^R01^ACK|A1|P|2.6||||||"
        b"UNICODE UTF-8\r"
        b"MSA|CA|MSG1\r"
    )


def test_a_refusal_says_where_and_why(codes: Codes) -> None:
    answer = acknowledge(refusal(bent("|97|", "|97\x00|"), codes), at=AT, control_id="A1").decode()
    _, msa, err, _ = answer.split("\r")
    assert msa.startswith("MSA|CE|MSG1|byte ")
    assert err.startswith("ERR|||207|E||||byte ")


def test_a_refused_field_is_named_in_err(codes: Codes) -> None:
    answer = acknowledge(refusal(bent("|P|2.6|", "|D|2.6|"), codes), at=AT, control_id="A1").decode()
    assert "\rERR||MSH^1^11|202|E||||" in answer


def test_an_old_version_gets_no_err_segment(codes: Codes) -> None:
    answer = acknowledge(refusal(bent("|P|2.6|", "|D|2.3|"), codes), at=AT, control_id="A1").decode()
    assert "MSA|CR|MSG1|MSH-11: " in answer
    assert "ERR" not in answer


def test_an_acknowledgement_is_never_answered(codes: Codes) -> None:
    ack = acknowledge(read_message(GOOD.encode(), codes=codes, zone=ZONE), at=AT, control_id="A1")
    assert acknowledge(refusal(ack, codes), at=AT, control_id="A2") == b""


def test_what_has_no_header_is_still_answered(codes: Codes) -> None:
    answer = acknowledge(refusal(b"garbage", codes), at=AT, control_id="A1").decode()
    assert "MSA|AE||MSH: expected a message that begins with MSH" in answer


def test_a_senders_latin_name_comes_back_byte_for_byte(codes: Codes) -> None:
    raw = GOOD.replace("UNICODE UTF-8", "8859/1").replace("MONITOR", "MONITÖR").encode("latin-1")
    answer = acknowledge(read_message(raw, codes=codes, zone=ZONE), at=AT, control_id="A1")
    assert b"|MONIT\xd6R|" in answer


def test_a_foreign_text_can_not_add_a_segment_to_the_answer() -> None:
    header = Header(control_id="1", version="2.6")
    answer = acknowledge(Hl7Refused("AE", "a|b\rMSA|AA|1\n", header=header), at=AT, control_id="A1").decode()
    assert answer.count("MSA|") == 1
    assert "a\\F\\b MSA\\F\\AA\\F\\1" in answer


def test_separators_that_make_no_sense_are_not_used_in_the_answer(codes: Codes) -> None:
    answer = acknowledge(refusal(bent("|^~\\&|", "|^^^^|"), codes), at=AT, control_id="A1").decode()
    assert answer.startswith("MSH|^~\\&|CHAIRSIDE|")
    assert "|MSG1|MSH-2: " in answer


def key(raw: bytes, codes: Codes, device: str = "bed-3") -> tuple[str, str]:
    found = message_key(read_message(raw, codes=codes, zone=ZONE), device=device)
    return found.key, found.body_sha256


def test_the_same_message_sent_again_has_the_same_key_and_body(codes: Codes) -> None:
    again = GOOD.replace("20261123101500-0800||ORU", "20261123101530-0800||ORU").replace("\r", "\r\n")
    assert key(again.encode(), codes) == key(GOOD.encode(), codes)


def test_another_body_under_the_same_key_shows(codes: Codes) -> None:
    ours, theirs = key(GOOD.encode(), codes), key(bent("|97|", "|87|"), codes)
    assert ours[0] == theirs[0]
    assert ours[1] != theirs[1]


@pytest.mark.parametrize(
    ("find", "put"),
    [
        ("|MSG1|", "|MSG2|"),
        ("FILLER9", "FILLER8"),
        ("|||20261123101500-0800\rOBX|1", "|||20261123101501-0800\rOBX|1"),
    ],
)
def test_control_id_order_and_time_each_tell_messages_apart(find: str, put: str, codes: Codes) -> None:
    assert key(bent(find, put), codes)[0] != key(GOOD.encode(), codes)[0]


def test_two_devices_with_the_same_control_id_are_told_apart(codes: Codes) -> None:
    assert key(GOOD.encode(), codes, "bed-3")[0] != key(GOOD.encode(), codes, "bed-4")[0]
