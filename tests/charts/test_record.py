"""The record: complete, made of plain values, and the same before the close and ever after."""

import json
from datetime import timedelta

import pytest

from chairside.actions.closing import sign_record, signature_of
from chairside.actions.sessions import Refused
from chairside.charts.record import as_of, cut, length_at_close, record_document, record_sha256
from chairside.charts.sessions import refold
from tests.actions.afternoon import T0
from tests.charts.endings import told
from tests.core.session.stories import NORMAL, vitals


def test_a_closed_record_refolds_to_the_digest_it_was_closed_with(closed):
    twin = refold(closed.session, closed.clinic)
    assert twin.state.phase == "closed"
    assert record_sha256(twin) == twin.state.closed.body.record_sha256


def test_an_addendum_leaves_the_digest_as_it_was(closed):
    before = record_sha256(closed.folded)
    closed.do(100, "addendum.added", {"text": "The patient called: all well."})
    assert record_sha256(closed.folded) == before
    assert closed.folded.length > length_at_close(closed.folded)


def test_the_document_is_plain_json_and_holds_the_books(closed):
    document = record_document(closed.folded)
    assert json.loads(json.dumps(document)) == document
    book = document["books"][0]
    assert (book["drawn_ug"], book["given_ug"], book["difference_ug"]) == (35_000, 34_900, 0)
    assert book["outcome"] == "balanced"
    assert {each["state"] for each in document["readiness"]} == {"met"}


def test_no_name_stands_in_the_document(closed):
    text = json.dumps(record_document(closed.folded))
    assert "Rivera" not in text
    assert "The nurse" not in text


def test_a_cut_record_is_the_one_that_stood_then(afternoon):
    afternoon.until("infusing")
    then = record_document(afternoon.folded)
    length, head = afternoon.folded.length, afternoon.folded.head
    later = afternoon.do(5, "observation.recorded", vitals(**NORMAL))
    assert record_document(cut(later, length, head)) == then
    assert as_of(later) > as_of(cut(later, length, head))


def test_it_refuses_a_signature_over_a_page_that_has_grown_old(afternoon):
    story = told(afternoon).recovered().released().counted()
    head = story.folded.head
    story.do(84, "note.added", {"text": "slept a little"})
    with pytest.raises(Refused, match="read the record again"):
        sign(story, "nurse", head)
    assert not story.folded.state.signatures


def test_a_late_entry_of_an_earlier_moment_asks_for_new_signatures(afternoon):
    story = told(afternoon).recovered().released().counted().signed()
    story.do(85.5, "note.added", {"text": "forgot this"}, observed_at=T0 + timedelta(minutes=30))
    with pytest.raises(Refused, match="nurse signs again"):
        story.closed()
    assert story.signed(87).closed(88).folded.state.phase == "closed"


def test_a_correction_after_the_signatures_asks_for_new_ones(afternoon):
    story = told(afternoon).recovered().released().counted().signed()
    note = next(each for each in story.folded.events if each.kind == "act.recorded")
    story.do(85.5, "event.struck", {"reason": "other patient"}, corrects=note.id)
    with pytest.raises(Refused, match="prescriber signs again"):
        story.closed()


def sign(story, who, head):
    return sign_record(
        session=story.session,
        clinic=story.clinic,
        body=signature_of(who, head),
        press=None,
        by=story.afternoon.author(who),
        at=T0 + timedelta(minutes=85),
    )
