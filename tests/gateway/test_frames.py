"""MLLP frames: however the bytes are cut, the same messages come out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.gateway.frames import FrameReader, Trouble, framed

VT, FS, CR = b"\x0b", b"\x1c", b"\r"

messages = st.lists(st.binary(max_size=40).map(lambda raw: raw.translate(None, VT + FS)), max_size=5)


def read(*pieces: bytes, max_bytes: int = 1_000) -> list[bytes | Trouble]:
    reader = FrameReader(max_bytes)
    return [one for piece in pieces for one in reader.feed(piece)]


@given(messages, st.lists(st.integers(0, 300), max_size=8))
def test_messages_come_out_whole_however_the_stream_is_cut(sent: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(framed(raw) for raw in sent)
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    assert read(*(stream[a:b] for a, b in pairwise(edges))) == sent


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_bytes_end_in_messages_or_troubles_within_the_cap(pieces: list[bytes]) -> None:
    reader = FrameReader(50)
    for piece in pieces:
        for one in reader.feed(piece):
            assert isinstance(one, Trouble) or len(one) <= 51


def test_bytes_before_a_start_are_left_out_and_counted() -> None:
    assert read(b"GET / HTTP/1.1\r\n" + framed(b"MSH")) == [
        Trouble("14 bytes outside a message were left out"),
        b"MSH",
    ]


def test_line_ends_between_messages_are_nothing() -> None:
    assert read(framed(b"one") + b"\r\n" + framed(b"two")) == [b"one", b"two"]


def test_a_start_inside_a_message_means_that_it_was_cut_off() -> None:
    assert read(VT + b"half" + framed(b"whole")) == [
        Trouble("a message of 4 bytes was cut off by the next one"),
        b"whole",
    ]


@pytest.mark.parametrize("end", [FS + CR, FS + b"\n", FS])
def test_an_end_byte_may_be_followed_by_cr_lf_or_the_next_start(end: bytes) -> None:
    assert read(VT + b"one" + end + framed(b"two")) == [b"one", b"two"]


def test_an_end_byte_alone_waits_for_the_sender_to_be_silent() -> None:
    reader = FrameReader(100)
    assert reader.feed(VT + b"one" + FS) == []
    assert reader.ended
    assert reader.take_ended() == b"one"
    assert (reader.ended, reader.in_frame) == (False, False)
    assert reader.feed(CR + framed(b"two")) == [b"two"]


def test_an_end_byte_inside_the_text_does_not_cut_the_message_short() -> None:
    assert read(framed(b"ab").replace(b"b", FS + b"b")) == [b"a" + FS + b"b"]


@pytest.mark.parametrize("in_one_piece", [True, False])
def test_a_message_at_the_cap_is_whole_and_beyond_it_is_one_byte_too_long(in_one_piece: bool) -> None:
    assert read(framed(b"x" * 10), max_bytes=10) == [b"x" * 10]
    stream = framed(b"x" * 11)
    pieces = [stream] if in_one_piece else [stream[n : n + 1] for n in range(len(stream))]
    assert read(*pieces, max_bytes=10) == [b"x" * 11]


@pytest.mark.parametrize("raw", [b"a\x0bb", b"a\x1cb"])
def test_a_message_with_a_framing_byte_is_not_framed(raw: bytes) -> None:
    with pytest.raises(ValueError, match="expected no 0x0B and no 0x1C"):
        framed(raw)
