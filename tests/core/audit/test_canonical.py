"""One value, one string of bytes."""

import json
import math
from datetime import UTC, datetime
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.audit import NotCanonical, canonical_bytes, content_digest

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


def test_keys_are_sorted_and_nothing_is_spaced():
    assert canonical_bytes({"b": 1, "a": [True, None, 0.5]}) == b'{"a":[true,null,0.5],"b":1}'


def test_text_is_written_as_it_is_in_utf_8():
    assert canonical_bytes({"who": "Nguyễn\n"}) == '{"who":"Nguyễn\\n"}'.encode()


def test_tuples_and_read_only_mappings_are_lists_and_mappings():
    assert canonical_bytes(MappingProxyType({"a": (1, 2)})) == canonical_bytes({"a": [1, 2]})


def test_a_whole_number_and_the_same_float_are_told_apart():
    assert canonical_bytes(1) != canonical_bytes(1.0)


@given(json_values)
def test_what_is_written_reads_back_and_is_written_the_same(value):
    raw = canonical_bytes(value)
    assert json.loads(raw) == value
    assert canonical_bytes(json.loads(raw)) == raw


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(), max_size=6))
def test_the_order_of_writing_makes_no_difference(value):
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (math.nan, "value: expected a finite number, not NaN"),
        ({"rate": [0.0, math.inf]}, "value.rate[1]: expected a finite number, not infinity"),
        (-math.inf, "value: expected a finite number, not infinity"),
        (
            {"at": datetime(2026, 3, 14, tzinfo=UTC)},
            "value.at: expected text, a number, true, false, nothing, ",
        ),
        (b"raw", "value: expected text, a number, true, false, nothing, a list or a mapping, not bytes"),
        ({"a": {1: 2}}, "value.a: expected keys that are text, not int"),
        ("\ud800", "value: expected text that can be written as UTF-8, not half of a surrogate pair"),
        ({"\ud800": 1}, "value: expected text that can be written as UTF-8, not half of a surrogate pair"),
    ],
)
def test_what_has_no_canonical_bytes_is_refused_by_name(value, sentence):
    with pytest.raises(NotCanonical) as refused:
        canonical_bytes(value)
    assert str(refused.value).startswith(sentence)
    assert str(refused.value) == f"{refused.value.field}: expected {refused.value.expected}"


def test_the_digest_is_sha_256():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert content_digest(b"") == empty
    assert content_digest(b"\n") != empty
