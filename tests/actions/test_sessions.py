"""Writing to a session's log: one transaction, one press one event, and the twin folded from zero."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from chairside.actions.sessions import Refused
from chairside.charts.sessions import NoSuchSession, load, refold
from chairside.core.session import BadEvent
from chairside.vault.models import AuditLine, OutboxItem, SessionEvent
from tests.actions.afternoon import T0, Afternoon, visit_of
from tests.people import Six
from tests.servers.database import both_databases


def reasons(refused: pytest.ExceptionInfo[Refused]) -> str:
    return "; ".join(each.reason for each in refused.value.reasons)


@both_databases
def test_a_whole_session_folds_to_the_same_state_from_zero(afternoon: Afternoon) -> None:
    folded = afternoon.until("recovering")
    assert folded.state.phase == "recovering"
    again = refold(afternoon.visit.session, "bay")
    assert again == folded == load(afternoon.visit.session, "bay")


@both_databases
def test_rows_of_the_vault_are_added_and_never_changed(afternoon: Afternoon) -> None:
    for statement in ("UPDATE vault_sessionevent SET kind = 'x'", "DELETE FROM vault_auditline"):
        with pytest.raises(DatabaseError, match="added, never changed"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_no_session_begins_before_the_director_has_signed(six: Six) -> None:
    with pytest.raises(Refused) as refused:
        visit_of(six, T0)
    assert "not signed for this site: Alarm, hold and stop limits" in reasons(refused)
    assert not SessionEvent.objects.exists()


def test_a_refused_ask_writes_nothing(afternoon: Afternoon) -> None:
    before = SessionEvent.objects.count(), AuditLine.objects.count()
    with pytest.raises(Refused) as refused:
        afternoon.do(0, "pump.started", {"rate_ul_per_h": 52_500})
    assert "a start belongs to a session that is prepared" in reasons(refused)
    assert (SessionEvent.objects.count(), AuditLine.objects.count()) == before


def test_an_event_and_its_audit_line_fail_together(
    afternoon: Afternoon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError("no audit line today")

    monkeypatch.setattr("chairside.actions.sessions.audit", broken)
    with pytest.raises(RuntimeError):
        afternoon.do(-50, "note.added", {"text": "arrived"})
    assert SessionEvent.objects.count() == 1
    assert load(afternoon.visit.session, "bay").length == 1


def test_the_same_press_twice_is_one_event(afternoon: Afternoon) -> None:
    press = "0198c0de-0000-7000-8000-000000000001"
    first = afternoon.do(-50, "note.added", {"text": "arrived"}, press=press)
    second = afternoon.do(-49, "note.added", {"text": "arrived"}, press=press)
    assert first.length == second.length == 2


def test_the_same_press_with_other_content_is_refused(afternoon: Afternoon) -> None:
    press = "0198c0de-0000-7000-8000-000000000001"
    afternoon.do(-50, "note.added", {"text": "arrived"}, press=press)
    with pytest.raises(Refused, match="already sent with other content"):
        afternoon.do(-49, "note.added", {"text": "left"}, press=press)


def test_a_role_that_may_not_is_refused_in_the_action(afternoon: Afternoon) -> None:
    with pytest.raises(Refused, match="expected a prescriber"):
        afternoon.do(-20, "order.signed", CHAPTER_ORDER)


CHAPTER_ORDER = {
    "substance": "ketamine",
    "protocol": "trd-std-2x3",
    "protocol_version": "1.0.0",
    "dose_ug_per_kg": 500,
    "dosing_weight_g": 70_200,
    "dosing_weight_kind": "actual",
    "dose_ug": 35_100,
    "duration_s": 2400,
}


def test_another_clinics_session_is_not_found(afternoon: Afternoon) -> None:
    with pytest.raises(NoSuchSession):
        load(afternoon.visit.session, "hill")


def test_what_has_not_happened_yet_is_refused(afternoon: Afternoon) -> None:
    with pytest.raises(BadEvent, match="a moment that has passed"):
        afternoon.do(-50, "note.added", {"text": "x"}, observed_at=T0)


def test_a_late_entry_takes_its_place_and_says_how_late(afternoon: Afternoon) -> None:
    afternoon.until("infusing")
    afternoon.do(10, "act.recorded", {"act": "nausea", "score": 1})
    folded = afternoon.do(
        12, "act.recorded", {"act": "distress", "score": 0}, observed_at=T0 + timedelta(minutes=5)
    )
    assert [each.body.act for each in folded.state.acts] == ["distress", "nausea"]
    late = next(each for each in folded.events if each.payload.get("act") == "distress")
    assert late.late_by == timedelta(minutes=7)
    assert refold(afternoon.visit.session, "bay").state == folded.state


def test_a_correction_refolds_and_the_first_entry_stays_readable(afternoon: Afternoon) -> None:
    folded = afternoon.until("infusing")
    wrong = afternoon.do(5, "act.recorded", {"act": "nausea", "score": 3}).events[-1]
    folded = afternoon.do(
        6,
        "event.corrected",
        {"payload": {"act": "nausea", "score": 1, "note": ""}, "reason": "mis-tap"},
        corrects=wrong.id,
    )
    assert [each.body.score for each in folded.state.acts] == [1]
    assert json.loads(SessionEvent.objects.get(id=wrong.id).body)["payload"]["score"] == 3


def test_a_strike_takes_it_out_and_keeps_it(afternoon: Afternoon) -> None:
    afternoon.until("infusing")
    wrong = afternoon.do(5, "act.recorded", {"act": "nausea", "score": 3}).events[-1]
    folded = afternoon.do(5, "event.struck", {"reason": "mis-tap"}, corrects=wrong.id)
    assert folded.state.acts == () and SessionEvent.objects.filter(id=wrong.id).exists()


def test_an_alarm_is_written_down_as_a_verdict(afternoon: Afternoon) -> None:
    afternoon.until("infusing")
    high = {"signal": "sbp_mmhg", "value": 186.0, "unit": "mm[Hg]", "verdict": "accepted", "reason": ""}
    folded = afternoon.do(8, "observation.recorded", {"values": [high]})
    raised = [each["limit"] for verdict in folded.state.verdicts for each in verdict.body.raised]
    assert "sbp-hold" in raised


def test_resuming_after_a_hold_needs_the_prescribers_order(afternoon: Afternoon) -> None:
    afternoon.until("infusing")
    high = {"signal": "sbp_mmhg", "value": 186.0, "unit": "mm[Hg]", "verdict": "accepted", "reason": ""}
    afternoon.do(8, "observation.recorded", {"values": [high]})
    afternoon.do(8.5, "pump.paused", {"reason": "blood pressure"})
    with pytest.raises(Refused, match="resuming needs the prescriber's order"):
        afternoon.do(12, "pump.resumed", {"rate_ul_per_h": 26_200})
    folded = afternoon.do(12, "pump.resumed", {"rate_ul_per_h": 26_200}, second=afternoon.six.prescriber)
    assert folded.state.phase == "infusing"


def test_every_change_of_phase_leaves_the_sessions_head_outside_it(afternoon: Afternoon) -> None:
    folded = afternoon.until("infusing")
    noted = [json.loads(item.body)["length"] for item in OutboxItem.objects.filter(topic="anchor")]
    lines = [json.loads(line.body)["detail"] for line in AuditLine.objects.all()]
    assert noted == [line["length"] for line in lines if "phase" in line]
    assert len(noted) == len(folded.state.history)


def test_what_was_asked_and_allowed_is_not_rewritten_by_a_correction(afternoon: Afternoon) -> None:
    folded = afternoon.until("prepared")
    order = next(each for each in folded.events if each.kind == "order.signed")
    tenfold = {"payload": {**order.payload, "dose_ug": 351_000}, "reason": "?"}
    with pytest.raises(Refused, match="strike it out, and do it again"):
        afternoon.do(-2, "event.corrected", tenfold, corrects=order.id, who="prescriber")
    with pytest.raises(Refused, match="expected one who may write it"):
        afternoon.do(-2, "event.struck", {"reason": "?"}, corrects=order.id)


def test_the_time_of_a_start_can_be_corrected(afternoon: Afternoon) -> None:
    folded = afternoon.until("infusing")
    start = next(each for each in folded.events if each.kind == "pump.started")
    earlier = (T0 - timedelta(minutes=1)).isoformat()
    said = {"payload": dict(start.payload), "observed_at": earlier, "reason": "wall clock"}
    folded = afternoon.do(3, "event.corrected", said, corrects=start.id)
    assert folded.state.started_at == T0 - timedelta(minutes=1)


def test_what_two_people_signed_two_people_correct(afternoon: Afternoon) -> None:
    afternoon.until("recovering")
    waste = {
        "substance": "ketamine",
        "container": "syringe 1",
        "account": "waste",
        "amount_ug": 0,
        "how_known": "read on the syringe",
    }
    folded = afternoon.do(50, "drug.counted", waste, second=afternoon.six.prescriber)
    counted = next(each for each in folded.events if each.kind == "drug.counted")
    other = {"payload": {**counted.payload, "amount_ug": 500}, "reason": "misread"}
    with pytest.raises(Refused, match="two people correct it"):
        afternoon.do(51, "event.corrected", other, corrects=counted.id)


def test_a_late_event_refolds_from_a_checkpoint_to_the_same_state(
    afternoon: Afternoon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chairside.charts.sessions.CHECKPOINT_EVERY", 4)
    folded = afternoon.until("infusing")
    assert folded.checkpoints
    for minute, score in ((9, 2), (12, 1), (15, 0)):
        afternoon.do(minute, "act.recorded", {"act": "nausea", "score": score})
    late = {"act": "distress", "score": 3}
    folded = afternoon.do(16, "act.recorded", late, observed_at=T0 + timedelta(minutes=10))
    assert folded == refold(afternoon.visit.session, "bay")
    struck = next(each for each in folded.events if each.payload.get("act") == "nausea")
    folded = afternoon.do(17, "event.struck", {"reason": "x"}, corrects=struck.id)
    assert folded == refold(afternoon.visit.session, "bay")
