"""A chain that was tampered with says where and how."""

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.core.audit import GENESIS, Anchor, Break, Link, canonical_bytes, link_mac, verify_chain

KEYS = {"key-1": b"1" * 32, "key-2": b"2" * 32}


def chain(length, *, key_id="key-1", states_position=True):
    links, previous = [], GENESIS
    for position in range(1, length + 1):
        document = {"text": f"line {position}"} | ({"position": position} if states_position else {})
        body = canonical_bytes(document)
        mac = link_mac(KEYS[key_id], previous=previous, body=body)
        links.append(Link(position, body, previous, mac, key_id))
        previous = mac
    return links


def breaks(links, **anchors):
    verdict = verify_chain(links, KEYS, **anchors)
    assert verdict.ok == (not verdict.breaks)
    return [(each.position, each.kind) for each in verdict.breaks]


def test_the_link_is_the_hmac_of_what_went_before_and_the_body():
    by_hand = hmac.new(b"k" * 32, GENESIS.encode() + b"{}", hashlib.sha256).hexdigest()
    assert link_mac(b"k" * 32, previous=GENESIS, body=b"{}") == by_hand


@pytest.mark.parametrize("previous", ["", "0" * 63, "0" * 65, "G" * 64, "A" * 64, "0" * 64 + "\n"])
def test_what_went_before_is_64_hexadecimal_digits(previous):
    with pytest.raises(ValueError, match=r"^previous: expected the 64 hexadecimal digits"):
        link_mac(b"k" * 32, previous=previous, body=b"")


def test_a_short_key_is_no_key():
    with pytest.raises(ValueError, match=r"^key: expected at least 32 bytes"):
        link_mac(b"k" * 31, previous=GENESIS, body=b"")


def test_an_empty_chain_holds():
    verdict = verify_chain([], KEYS)
    assert (verdict.ok, verdict.head, verdict.length) == (True, GENESIS, 0)


def test_a_whole_chain_holds_and_gives_its_head():
    links = chain(5)
    verdict = verify_chain(links, KEYS)
    assert (verdict.ok, verdict.head, verdict.length) == (True, links[-1].mac, 5)


def test_a_chain_goes_on_over_a_change_of_keys():
    links = chain(2)
    body = canonical_bytes({"position": 3})
    mac = link_mac(KEYS["key-2"], previous=links[-1].mac, body=body)
    assert breaks([*links, Link(3, body, links[-1].mac, mac, "key-2")]) == []


@pytest.mark.parametrize("position", [1, 3, 5])
def test_a_changed_body_is_named_and_nothing_else(position):
    links = chain(5)
    links[position - 1] = replace(links[position - 1], body=b'{"position":%d,"text":"no"}' % position)
    assert breaks(links) == [(position, "changed")]


@given(st.integers(0, 4), st.data())
def test_any_changed_byte_of_a_body_is_named(index, data):
    links = chain(5)
    body = bytearray(links[index].body)
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    links[index] = replace(links[index], body=bytes(body))
    assert breaks(links) == [(index + 1, "changed")]


@given(st.integers(0, 4), st.integers(0, 63))
def test_any_changed_digit_of_a_mac_is_named(index, place):
    links = chain(5)
    mac = links[index].mac
    other = "0" if mac[place] != "0" else "1"
    links[index] = replace(links[index], mac=mac[:place] + other + mac[place + 1 :])
    assert breaks(links) == [(index + 1, "changed")]


@pytest.mark.parametrize("previous", ["f" * 64, "not a link", "é" * 64])
def test_a_changed_tie_is_named(previous):
    links = chain(3)
    links[1] = replace(links[1], previous=previous)
    assert breaks(links) == [(2, "missing"), (2, "changed")]


def test_a_mac_that_is_not_even_ascii_is_named():
    links = chain(3)
    links[1] = replace(links[1], mac="é" * 64)
    assert breaks(links) == [(2, "changed")]


@pytest.mark.parametrize(
    ("gone", "expected"), [(1, [(2, "missing")]), (3, [(4, "missing")]), (4, [(5, "missing")])]
)
def test_a_missing_link_is_named_at_the_one_that_misses_it(gone, expected):
    links = chain(5)
    del links[gone - 1]
    assert breaks(links) == expected


def test_closing_the_gap_in_the_count_does_not_hide_a_missing_link():
    links = chain(4)
    del links[1]
    links = [replace(each, position=index + 1) for index, each in enumerate(links)]
    assert breaks(links) == [(2, "missing"), (2, "reordered"), (3, "reordered")]


def test_two_links_that_changed_places_are_named():
    links = chain(4)
    links[1], links[2] = replace(links[2], position=2), replace(links[1], position=3)
    found = breaks(links)
    assert {position for position, _ in found} == {2, 3, 4}
    assert {kind for _, kind in found} == {"reordered"}


def test_a_link_put_in_twice_is_named():
    links = chain(3)
    links.append(replace(links[1], position=4))
    assert {(4, "reordered")} == set(breaks(links))


def test_a_first_link_that_is_put_last_is_named():
    links = chain(3)
    links.append(replace(links[0], position=4))
    assert (4, "reordered") in breaks(links)


def test_a_position_out_of_count_is_named_though_every_link_is_tied():
    links = chain(3, states_position=False)
    links[2] = replace(links[2], position=7)
    assert breaks(links) == [(7, "changed")]


def test_a_link_of_a_forger_without_the_key_is_named():
    links = chain(3)
    body = canonical_bytes({"position": 4})
    mac = link_mac(b"x" * 32, previous=links[-1].mac, body=body)
    assert breaks([*links, Link(4, body, links[-1].mac, mac, "key-1")]) == [(4, "changed")]


def test_a_key_that_is_not_here_is_named():
    links = chain(3)
    links[1] = replace(links[1], key_id="key-9")
    verdict = verify_chain(links, KEYS)
    assert verdict.breaks == (Break(2, "key unknown", "no key with the id 'key-9'"),)


@pytest.mark.parametrize("body", [b"not json", b"[1]", b"\xff"])
def test_a_body_that_states_no_position_is_held_by_its_tie_alone(body):
    mac = link_mac(KEYS["key-1"], previous=GENESIS, body=body)
    assert breaks([Link(1, body, GENESIS, mac, "key-1")]) == []


# The end -----------------------------------------------------------------------------------------


def test_a_chain_cut_short_holds_by_itself_and_falls_short_of_its_anchor():
    links = chain(5)
    anchor = Anchor(5, links[4].mac)
    assert breaks(links[:4]) == []
    assert breaks(links[:4], anchors=[anchor]) == [(5, "truncated")]
    assert breaks(links, anchors=[anchor]) == []
    assert breaks([], anchors=[anchor]) == [(5, "truncated")]


def test_a_chain_may_have_grown_since_it_was_noted():
    links = chain(5)
    assert breaks(links, anchors=[Anchor(0, GENESIS), Anchor(3, links[2].mac)]) == []


def test_a_chain_rolled_back_and_written_anew_does_not_meet_its_anchor():
    noted = Anchor(3, chain(3)[2].mac)
    anew = chain(3, states_position=False)
    assert breaks(anew) == []
    assert breaks(anew, anchors=[noted]) == [(3, "changed")]


def test_an_anchor_before_the_first_link_is_the_beginning():
    assert breaks([], anchors=[Anchor(0, GENESIS)]) == []
    assert breaks([], anchors=[Anchor(0, "f" * 64)]) == [(0, "changed")]


def test_every_anchor_is_looked_at():
    links = chain(2)
    anchors = [Anchor(4, "f" * 64), Anchor(1, "f" * 64), Anchor(3, "f" * 64)]
    assert breaks(links, anchors=anchors) == [(1, "changed"), (3, "truncated"), (4, "truncated")]


@given(st.lists(st.integers(0, 5), unique=True, min_size=1, max_size=5))
def test_no_choice_of_links_but_the_whole_chain_holds_to_its_anchor(gone):
    links = chain(6)
    anchor = Anchor(6, links[-1].mac)
    left = [link for index, link in enumerate(links) if index not in gone]
    assert breaks(left, anchors=[anchor])


@given(st.permutations(range(5)))
def test_no_other_order_holds(order):
    links = chain(5)
    moved = [replace(links[index], position=place + 1) for place, index in enumerate(order)]
    assert (breaks(moved) == []) == (list(order) == sorted(order))
