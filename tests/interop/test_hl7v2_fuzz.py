"""Invented quarrels: any bytes are a message or a refusal, and a second parser sees the same fields."""

from datetime import UTC, datetime

import hl7
from hypothesis import example, given
from hypothesis import strategies as st

from chairside.interop.hl7v2 import Hl7Refused, OruMessage, acknowledge, read_message, vital_codes
from chairside.interop.hl7v2.syntax import checked_header, read_segments
from tests.interop.conftest import GOOD

AT = datetime(2026, 11, 23, 18, 15, 1, tzinfo=UTC)
CODES = vital_codes()

positions = st.integers(0, len(GOOD.encode()))
changes = st.lists(st.tuples(positions, positions, st.binary(max_size=12)), min_size=1, max_size=6)


def read_or_refuse(raw: bytes) -> OruMessage | Hl7Refused:
    try:
        return read_message(raw, codes=CODES, zone="America/Los_Angeles")
    except Hl7Refused as refused:
        return refused


def check(raw: bytes) -> None:
    found = read_or_refuse(raw)
    answer = acknowledge(found, at=AT, control_id="A1")
    assert not answer or answer.startswith(b"MSH")
    assert not {0x0B, 0x1C} & set(answer)
    if isinstance(found, Hl7Refused):
        assert found.ack_code in {"AE", "AR"}
        assert found.reason
    else:
        assert len(found.readings) >= 1
        for reading in found.readings:
            assert (reading.value is not None) == (reading.verdict == "numeric")
            assert reading.reason or reading.verdict == "numeric"
            assert reading.observed_at.utcoffset() is not None


@given(st.binary(max_size=400))
@example(b"MSH|")
@example(b"MSH|^~\\&")
@example(b"MSH\x00^~\\&\x00\x00")
@example(b"MSH|^~\\&|||||00010101000000+1400||ORU^R01|1|P|2.6\rOBX||||||||||||||00010101000000+1400")
def test_any_bytes_are_a_message_or_a_refusal(raw: bytes) -> None:
    check(raw)


@given(st.text(max_size=300))
def test_any_text_after_a_header_is_a_message_or_a_refusal(text: str) -> None:
    head = "MSH|^~\\&|M||||20261123101500||ORU^R01|1|P|2.6\rOBX|1|NM|147842^^MDC||"
    check((head + text).encode("utf-8", "replace"))


@given(changes)
def test_a_good_message_gone_bad_is_a_message_or_a_refusal(changed: list[tuple[int, int, bytes]]) -> None:
    raw = GOOD.encode()
    for start, end, put in changed:
        raw = raw[: min(start, end)] + put + raw[max(start, end) :]
    check(raw)


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), max_size=12)
field = st.lists(words.map(lambda word: word.translate({ord(mark): None for mark in "|^~\\&"})), max_size=4)


@given(st.lists(st.lists(field.map("^".join), min_size=1, max_size=10), min_size=1, max_size=5))
def test_the_hl7_package_sees_the_same_fields(rows: list[list[str]]) -> None:
    head = "MSH|^~\\&|M||||20261123101500||ORU^R01|1|P|2.6"
    text = "\r".join([head, *("|".join(["OBX", *row]) for row in rows)]) + "\r"
    raw = text.encode()

    ours = read_segments(raw, checked_header(raw))
    theirs = hl7.parse(text)

    assert len(ours) == len(theirs)
    for segment, twin in zip(ours[1:], list(theirs)[1:], strict=True):
        assert list(segment.fields) == [str(one) for one in twin]
