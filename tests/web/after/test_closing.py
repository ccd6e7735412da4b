"""Drug books, signatures, the close and the flowsheet, through the pages."""

from datetime import timedelta

import pytest

from chairside.charts.verification import verify_session
from chairside.interop.flowsheet import NotAFlowsheet, read_flowsheet
from tests.actions.afternoon import T0
from tests.people import PASSWORD
from tests.web.after.walk import WITNESS, count, page, post, sentences


@pytest.fixture
def left(story, clock):
    """The patient has left; nothing is counted."""
    story.recovered().released()
    clock.at = T0 + timedelta(minutes=81)
    return story


def count_all(story, given="34.9"):
    """Every account of the syringe and the rest of the vial."""
    assert count(story, "given", given, how_known="pump volume").status_code == 302
    assert count(story, "line", "0").status_code == 302
    assert count(story, "waste", "0.1", method="into absorbent", **WITNESS).status_code == 302
    assert count(story, "returned", "0").status_code == 302
    rest = {"container": "V1", "unit": "mg", "method": "into absorbent"}
    assert count(story, "waste", "465", **rest, **WITNESS).status_code == 302


def sign(story, who, password=PASSWORD):
    head = story.folded.head
    return post(story, "closing/sign", who, role=who, head=head, sign_password=password, place="sign")


def test_a_record_is_counted_signed_by_two_and_closed(left):
    count_all(left)
    assert sign(left, "nurse").status_code == 302
    assert sign(left, "prescriber").status_code == 302
    assert post(left, "closing/close").status_code == 302
    assert left.folded.state.phase == "closed"
    assert post(left, "closing/addendum", text="called: all well").status_code == 302
    assert post(left, "closing/addendum", text=" ").status_code == 422
    assert count(left, "line", "0").status_code in (302, 422)


def test_a_volume_keeps_its_workings(left):
    count(left, "given", "34.9", how_known="pump volume")
    said = left.folded.state.drugs[-1].body
    assert (said.amount_ug, said.how_known) == (34_900, "pump volume")
    assert said.method == "34.9 mL × 1 mg/mL = 34.9 mg"


def test_nothing_is_filled_in_and_the_close_names_what_nobody_stated(left):
    refused = post(left, "closing/close", place="close")
    assert refused.status_code == 422
    for account in ("given", "line", "waste", "returned"):
        assert f"nobody stated {account} of syringe 1" in sentences(refused)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "1,5"}, "not a comma"),
        ({"unit": ""}, "expected mg or mL"),
        ({"how_known": "guessed"}, "How it is known"),
        ({"container": "syringe 9"}, "of this session"),
        ({"account": "patient"}, "of this session"),
    ],
)
def test_a_bad_count_is_one_sentence(left, wrong, sentence):
    before = left.folded.length
    said = {"account": "given", "amount": "1"} | wrong
    refused = count(left, said.pop("account"), said.pop("amount"), **said)
    assert refused.status_code == 422
    assert sentence in sentences(refused)
    assert left.folded.length == before


def test_waste_wants_a_witness_who_is_another_person_or_a_seal(left):
    assert "witness" in sentences(count(left, "waste", "0.1", method="sink"))
    wrong = WITNESS | {"second_password": "wrong"}
    assert count(left, "waste", "0.1", method="sink", **wrong).status_code == 422
    self = {"second_username": "nurse", "second_password": PASSWORD}
    assert "can't be both" in sentences(count(left, "waste", "0.1", method="sink", **self))
    assert count(left, "waste", "0.1", seal="S-17").status_code == 302
    assert "S-17" in page(left, "closing").content.decode()


def test_sealed_waste_is_witnessed_later_and_only_then_closes(left):
    count_all(left)
    sealed = count(left, "waste", "0", seal="S-1")
    assert sealed.status_code == 302
    story = left
    count(story, "waste", "0.1", seal="S-17")
    event = story.folded.state.drugs[-1].stamp.event
    assert "waits for its witness" in sentences(post(story, "closing/close", place="close"))
    assert post(story, "closing/witness", counted=event, method="absorbent", **WITNESS).status_code == 302
    assert not story.folded.rules.pending_waste(story.folded.state)


def test_a_difference_above_the_tolerance_is_a_case_until_it_is_explained(left):
    count_all(left, given="30")
    assert "needs its explanation" in sentences(post(left, "closing/close", place="close"))
    case = {"conflict": "difference:ketamine"}
    assert post(left, "closing/settle", **case, resolution="").status_code == 422
    assert post(left, "closing/settle", **case, resolution="the line was dropped").status_code == 302
    for who in ("nurse", "prescriber"):
        sign(left, who)
    assert post(left, "closing/close").status_code == 302


def test_a_wrong_count_is_struck_out_with_its_reason(left):
    count(left, "line", "3")
    event = left.folded.state.drugs[-1].stamp.event
    assert post(left, "closing/strike", event=event, reason="").status_code == 422
    assert post(left, "closing/strike", event=event, reason="was mL of flush").status_code == 302
    assert left.folded.rules.books(left.folded.state)[0].line_ug is None


def test_a_signature_wants_the_own_password_the_own_role_and_the_page_as_it_stands(left):
    count_all(left)
    assert sign(left, "nurse", "wrong").status_code == 422
    other = post(left, "closing/sign", role="prescriber", head=left.folded.head, sign_password=PASSWORD)
    assert other.status_code == 422
    stale = post(left, "closing/sign", role="nurse", head="0" * 64, sign_password=PASSWORD, place="sign")
    assert "read the record again" in sentences(stale)
    assert not left.folded.state.signatures


def test_a_session_sent_home_before_its_start_is_closed_and_printed_too(afternoon, clock):
    from tests.charts.endings import Told

    story = Told(afternoon)
    afternoon.do(-50, "session.abandoned", {"reason": "ate an hour ago"})
    assert "Sent home before the start" in page(story, "closing").content.decode()
    for who in ("nurse", "prescriber"):
        assert sign(story, who).status_code == 302
    assert post(story, "closing/close").status_code == 302
    printed = read_flowsheet(page(story, "flowsheet").content.decode())
    assert printed.values["abandoned"].startswith("ate an hour ago")
    assert page(story, "recovery").status_code == 200


def test_the_flowsheet_reads_back_to_what_the_log_says(left):
    count_all(left)
    html = page(left, "flowsheet").content.decode()
    report = verify_session(left.session, left.clinic, printed=read_flowsheet(html))
    assert report.findings == ()
    assert "Rivera, Ana" in html


@pytest.mark.parametrize(
    ("written", "forged"),
    [(">124/78<", ">118/78<"), ("34.9 mg", "33.9 mg"), ("blind check", "blind chuck")],
)
def test_a_forged_flowsheet_is_named(left, written, forged):
    count_all(left)
    html = page(left, "flowsheet").content.decode()
    assert written in html
    report = verify_session(left.session, left.clinic, printed=read_flowsheet(html.replace(written, forged)))
    assert report.findings
    assert all(each.where.startswith("flowsheet ") for each in report.findings)


def test_a_row_left_out_of_the_flowsheet_is_named(left):
    html = page(left, "flowsheet").content.decode()
    start = html.index('<tr class="m-stands')
    cut = html[:start] + html[html.index("</tr>", start) + 5 :]
    report = verify_session(left.session, left.clinic, printed=read_flowsheet(cut))
    assert any("printed nothing" in each.what for each in report.findings)


def test_an_older_flowsheet_still_fits_the_log_it_was_drawn_from(left):
    html = page(left, "flowsheet").content.decode()
    count_all(left)
    report = verify_session(left.session, left.clinic, printed=read_flowsheet(html))
    assert report.findings == ()


def test_another_page_is_no_flowsheet(left):
    with pytest.raises(NotAFlowsheet):
        read_flowsheet(page(left, "closing").content.decode())
