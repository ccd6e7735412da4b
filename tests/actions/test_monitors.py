"""What a monitor sends is charted where its association says, once and as gated; else refused and kept."""

import json
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from django.db import OperationalError

from chairside.actions import monitors, sessions
from chairside.charts.sessions import load
from chairside.core.session.verdicts import session_alarms
from chairside.interop.hl7v2 import Hl7Refused
from chairside.vault.models import AuditLine, DeviceMessage, KeptForInspection, SessionEvent
from chairside.vault.sealed import unsealed
from tests.actions.afternoon import T0, Afternoon, visit_of
from tests.actions.bedside import FINE, KEY, Bedside, code_of, infusing, monitor, oru, said, spo2, values_of
from tests.servers.database import both_databases

SECOND = 1 / 60


@pytest.fixture
def bedside(afternoon: Afternoon) -> Bedside:
    """The pump runs, and the monitor is this patient's."""
    infusing(afternoon, monitor(afternoon.six, KEY))
    return Bedside(afternoon)


def refusals() -> list[dict]:
    """The audit lines of refused messages."""
    lines = [json.loads(each.body) for each in AuditLine.objects.order_by("position")]
    return [each for each in lines if each["verb"] == "monitors.refused"]


@both_databases
def test_it_charts_one_row_a_tick_with_its_source_device_time_and_message(bedside: Bedside):
    received = bedside.hear(said(1, FINE), minute=1 + SECOND)
    (event,) = bedside.charted()
    assert code_of(received) == "AA" and received.events == (event.id,)
    assert {name: each["value"] for name, each in values_of(event).items()} == FINE
    assert {each["verdict"] for each in event.payload["values"]} == {"accepted"}
    assert (event.observed_at, event.clock_offset_ms) == (T0 + timedelta(minutes=1), 0)
    assert event.actor == event.device == f"device:{monitors.DeviceKey.objects.get(key=KEY).device_id}"
    row = DeviceMessage.objects.get(event=event.id)
    assert (row.sha256, row.acknowledged) == (event.payload["message"], "AA")


@pytest.mark.parametrize(
    ("text", "unit", "why"),
    [
        ("-100", "%", "not measured"),
        ("-999", "%", "not measured"),
        ("-99.9", "%", "not measured"),
        ("-1", "%", "not measured"),
        ("32767", "%", "not measured"),
        ("0", "%", "not measured"),
        ("", "%", "no value sent"),
        ("9O", "%", "not a plain decimal number"),
        ("1e308", "%", "not a plain decimal number"),
        ("NaN", "%", "not a plain decimal number"),
        ("97,5", "%", "comma"),
        ("97", "mm[Hg]", "expected %"),
    ],
)
def test_what_stands_for_no_value_is_not_measured_with_its_reason_and_alarms_nothing(
    bedside: Bedside, text: str, unit: str, why: str
):
    bedside.hear(said(0.5, FINE), minute=0.5)
    assert code_of(bedside.hear(oru(spo2(text, unit=unit)), minute=1)) == "AA"
    told = values_of(bedside.charted()[-1])["spo2_percent"]
    assert (told["value"], told["verdict"]) == (None, "not_measured")
    assert why in told["reason"]
    state = load(bedside.afternoon.visit.session, bedside.afternoon.six.clinic.pk).state
    alarms = [each.alarm for each in session_alarms(state, T0 + timedelta(minutes=1))]
    assert not [each for each in alarms if each.kind == "limit"]


def test_a_nul_byte_refuses_the_whole_message(bedside: Bedside):
    assert code_of(bedside.hear(oru(spo2("9\x007")), minute=1)) == "AE"
    assert not bedside.charted()


@pytest.mark.parametrize(
    ("first", "second", "kept", "also"),
    [("97", "88", 88.0, "97"), ("88", "97", 88.0, "97"), ("97", "0", 97.0, ""), ("130", "96", 96.0, "")],
)
def test_of_two_saturations_the_lower_accepted_one_is_kept_and_says_so(
    bedside: Bedside, first: str, second: str, kept: float, also: str
):
    bedside.hear(oru(spo2(first), spo2(second)), minute=1)
    (event,) = bedside.charted()
    (told,) = event.payload["values"]
    assert (told["value"], told["verdict"]) == (kept, "accepted")
    assert (
        ("the lower of several channels; also sent: " + also == told["reason"])
        if also
        else not told["reason"]
    )


def test_a_cuff_that_jumps_is_judged_beside_the_cycle_before(bedside: Bedside):
    bedside.hear(said(1, {"sbp_mmhg": 91.0, "dbp_mmhg": 47.0}), minute=1)
    bedside.hear(said(3, {"sbp_mmhg": 201.0, "dbp_mmhg": 127.0}), minute=3)
    before, jumped = (values_of(each)["sbp_mmhg"] for each in bedside.charted())
    assert (before["verdict"], jumped["verdict"]) == ("accepted", "implausible")
    assert "201 beside 91 mmHg" in jumped["reason"]


def test_a_cuff_cycle_with_one_doubtful_pressure_is_unverified_whole(bedside: Bedside):
    systolic = "NM|150021^MDC_PRESS_BLD_NONINV_SYS^MDC|1.1|121|mm[Hg]|||||X"
    diastolic = "NM|150022^MDC_PRESS_BLD_NONINV_DIA^MDC|1.1|77|mm[Hg]|||||F"
    bedside.hear(oru(systolic, diastolic, spo2("97")), minute=1)
    verdicts = {name: each["verdict"] for name, each in values_of(bedside.charted()[0]).items()}
    assert verdicts == {"sbp_mmhg": "unverified", "dbp_mmhg": "unverified", "spo2_percent": "accepted"}


def test_the_last_cuff_repeated_in_every_message_is_charted_once(bedside: Bedside):
    own = dict.fromkeys(("sbp_mmhg", "dbp_mmhg"), T0 + timedelta(minutes=1))
    for minute in (1, 2, 3):
        bedside.hear(said(minute, {"sbp_mmhg": 121.0, "dbp_mmhg": 77.0} | FINE, episodic=own), minute=minute)
    cuffs = [each for each in bedside.charted() if "sbp_mmhg" in values_of(each)]
    assert len(cuffs) == 1 and len(bedside.charted()) == 3


def test_codes_nobody_knows_here_are_written_down_and_make_no_value(bedside: Bedside):
    odd = "NM|99999^VENDOR_THING^99X|1.1|55|%|||||R"
    bedside.hear(oru(odd, spo2("97"), control="a"), minute=1)
    assert bedside.charted()[0].payload["unknown_codes"] == ["99999^VENDOR_THING^99X"]
    other = "NM|88888^OTHER_THING^99X|1.1|55|%|||||R"
    for control in ("b", "c"):
        assert code_of(bedside.hear(oru(other, minute=2, control=control), minute=2)) == "AA"
    (_, last) = bedside.charted()
    assert (last.payload["values"], last.payload["unknown_codes"]) == ([], ["88888^OTHER_THING^99X"])


# The same message again ----------------------------------------------------------------------------


@both_databases
def test_a_message_sent_three_times_is_one_row_and_answered_three_times(bedside: Bedside):
    raw = said(1, FINE)
    answers = [bedside.hear(raw, minute=1 + n * SECOND) for n in range(3)]
    assert [code_of(each) for each in answers] == ["AA"] * 3
    assert [each.sent_again for each in answers] == [False, True, True]
    assert len(bedside.charted()) == 1


def test_the_same_id_with_other_content_is_kept_and_flagged_and_not_charted(bedside: Bedside):
    bedside.hear(said(1, FINE), minute=1)
    other = said(1, FINE | {"spo2_percent": 81.0})
    answers = [bedside.hear(other, minute=1) for _ in range(2)]
    assert [code_of(each) for each in answers] == ["AE", "AE"]
    assert [values_of(each)["spo2_percent"]["value"] for each in bedside.charted()] == [97.0]
    (kept,) = KeptForInspection.objects.all()
    assert unsealed(kept) == other
    assert len(refusals()) == 2 and "said something else" in refusals()[0]["detail"]["reason"]
    assert code_of(bedside.hear(said(1, FINE), minute=1)) == "AA"


# Whose it is ---------------------------------------------------------------------------------------


def test_a_message_of_a_monitor_that_is_nobodys_is_counted_acknowledged_and_not_a_value(afternoon: Afternoon):
    monitor(afternoon.six, KEY)
    afternoon.until("infusing")
    bedside = Bedside(afternoon)
    received = bedside.hear(said(1, FINE), minute=1)
    assert (code_of(received), received.events) == ("AA", ())
    assert not bedside.charted() and not KeptForInspection.objects.exists() and not refusals()
    assert DeviceMessage.objects.filter(event="", acknowledged="AA").count() == 1


def test_an_unknown_device_is_refused_and_its_message_kept_sealed(bedside: Bedside):
    raw = said(1, FINE, device="STRANGER", patient_id="R-RIVERA")
    received = [bedside.hear(raw, minute=1) for _ in range(3)]
    assert [code_of(each) for each in received] == ["AR"] * 3
    assert not bedside.charted()
    (kept,) = KeptForInspection.objects.all()
    assert b"RIVERA" not in bytes(kept.sealed) and unsealed(kept) == raw
    assert [each["detail"]["answer"] for each in refusals()] == ["AR"] * 3
    assert "RIVERA" not in json.dumps(refusals()) + kept.reason
    kept.sealed = bytes(kept.sealed)[:-1] + bytes([bytes(kept.sealed)[-1] ^ 1])
    with pytest.raises(InvalidTag):
        unsealed(kept)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("EQ-7", oru(spo2("97", equipment="EQ-7"), msh="CENTRAL")),
        ("GE|3 WEST", oru(spo2("97"), msh="GE|3 WEST")),
        ("GE", oru(spo2("97"), msh="GE^1.2.3^ISO")),
        ("ICU^2^B7", oru(spo2("97"), msh="CENTRAL", pv1="ICU^2^B7^HOSP")),
        ("B7", oru(spo2("97"), msh="CENTRAL", pv1="ICU^2^B7^HOSP")),
    ],
)
def test_each_key_finds_its_monitor(afternoon: Afternoon, key: str, raw: bytes):
    infusing(afternoon, monitor(afternoon.six, key))
    bedside = Bedside(afternoon)
    assert bedside.hear(raw, minute=1).events


def test_the_equipment_counts_before_the_sender_and_the_sender_before_the_bed(bedside: Bedside):
    monitor(bedside.afternoon.six, "EQ-7")
    monitor(bedside.afternoon.six, "B7")
    assert bedside.hear(oru(spo2("97"), pv1="ICU^2^B7"), minute=1).events
    assert not bedside.hear(oru(spo2("96", equipment="EQ-7"), control="c2"), minute=1).events


def test_two_devices_in_one_message_are_refused(bedside: Bedside):
    monitor(bedside.afternoon.six, "EQ-7")
    received = bedside.hear(oru(spo2("97", equipment=KEY), spo2("88", equipment="EQ-7")), minute=1)
    assert code_of(received) == "AR" and not bedside.charted()


def test_names_numbers_and_beds_in_a_message_decide_nothing(bedside: Bedside):
    raw = said(1, FINE, patient_id="R-SOMEBODY-ELSE", bed="another bed")
    assert bedside.hear(raw, minute=1).events
    assert "SOMEBODY" not in "".join(SessionEvent.objects.values_list("body", flat=True))


def test_nothing_is_charted_that_was_observed_before_the_association(bedside: Bedside):
    for minute, charted in ((-2.01, 0), (-2, 0), (-1.99, 1)):
        assert len(bedside.hear(said(minute, FINE), minute=0.5).events) == charted


def test_nothing_is_charted_after_the_monitor_was_released(bedside: Bedside):
    bedside.hear(said(1, FINE), minute=1)
    device = monitors.DeviceKey.objects.get(key=KEY).device
    bedside.afternoon.do(2, "monitor.released", {"monitor": device.pk, "reason": "taken to another chair"})
    for minute in (1.5, 3):
        assert code_of(bedside.hear(said(minute, FINE), minute=3)) == "AA"
    assert len(bedside.charted()) == 1


def test_nothing_is_charted_after_the_session_ended_until_its_end_is_struck_out(afternoon: Afternoon):
    device = monitor(afternoon.six, KEY)
    afternoon.until("checked-in")
    afternoon.do(-10, "monitor.associated", {"monitor": device.pk})
    bedside = Bedside(afternoon)
    assert bedside.hear(said(-9, FINE), minute=-9).events
    ended = afternoon.do(-8, "session.abandoned", {"reason": "asked to go home"}).events[-1]
    assert ended.kind == "session.abandoned"
    assert not bedside.hear(said(-7, FINE), minute=-7).events
    afternoon.do(-6, "event.struck", {"reason": "the wrong visit"}, corrects=ended.id)
    assert bedside.hear(said(-5, FINE), minute=-5).events
    assert [(T0 - each.observed_at).seconds // 60 for each in bedside.charted()] == [9, 5]


def test_a_monitor_that_moved_speaks_for_its_new_patient_from_then_on(bedside: Bedside):
    device = monitors.DeviceKey.objects.get(key=KEY).device
    six = bedside.afternoon.six
    second = Afternoon(six, visit_of(six, T0 - timedelta(hours=1), name="Okafor"))
    bedside.hear(said(1, FINE), minute=1)
    second.do(2, "monitor.associated", {"monitor": device.pk})  # and nobody released the first
    bedside.hear(said(1.5, FINE), minute=2.5)
    bedside.hear(said(3, FINE), minute=3)
    minutes = [
        [(each.observed_at - T0).seconds / 60 for each in bedside.charted(of)] for of in (None, second)
    ]
    assert minutes == [[1, 1.5], [3]]


# Clocks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock_says_s", "offset_ms", "verdict"),
    [
        (-300, 0, "accepted"),
        (-301, -301_000, "unverified"),
        (-86_400, -86_400_000, "unverified"),
        (0, 0, "accepted"),
        (0.001, 1, "accepted"),
        (300, 300_000, "accepted"),
        (301, 301_000, "unverified"),
        (86_400, 86_400_000, "unverified"),
    ],
)
def test_a_clock_more_than_five_minutes_off_is_an_offset_and_a_doubt(
    bedside: Bedside, clock_says_s: float, offset_ms: int, verdict: str
):
    bedside.hear(said(10 + clock_says_s / 60, FINE), minute=10)
    (event,) = bedside.charted()
    assert event.observed_at == T0 + timedelta(minutes=10, seconds=clock_says_s)
    assert event.clock_offset_ms == offset_ms
    assert event.happened_at <= event.received_at
    assert {each["verdict"] for each in event.payload["values"]} == {verdict}
    doubted = [each["reason"] for each in event.payload["values"] if "clock" in each["reason"]]
    assert bool(doubted) == (verdict == "unverified")
    noted = [line for line in AuditLine.objects.all() if "monitors.clock" in line.body]
    assert len(noted) == (verdict == "unverified")


def test_a_clock_less_than_a_millisecond_ahead_is_not_in_the_future(bedside: Bedside):
    at = T0 + timedelta(minutes=10)
    assert bedside.hear(said(10, FINE), minute=10 - 0.0004 / 60).events
    (event,) = bedside.charted()
    assert (event.observed_at, event.clock_offset_ms) == (at, 1)
    assert at - timedelta(milliseconds=1) == event.happened_at < event.received_at < at


def test_a_wrong_clock_is_noted_once(bedside: Bedside):
    for minute in (10, 11, 12):
        bedside.hear(said(minute + 60, FINE), minute=minute)
    assert len([line for line in AuditLine.objects.all() if "monitors.clock" in line.body]) == 1


@pytest.mark.parametrize("days", [-1.001, 1.001, -20_000, 2_000_000])
def test_a_clock_more_than_a_day_off_is_refused(bedside: Bedside, days: float):
    received = bedside.hear(said(10 + days * 1440, FINE), minute=10)
    assert code_of(received) == "AE"
    assert isinstance(received.answer, Hl7Refused) and "more than a day off" in received.answer.reason
    assert not bedside.charted() and KeptForInspection.objects.count() == 1


def test_a_late_message_of_a_monitor_that_kept_time_stands_at_its_own_time(bedside: Bedside):
    bedside.hear(said(20, FINE), minute=20)
    bedside.hear(said(5, FINE | {"spo2_percent": 91.0}), minute=20.1)
    late, on_time = bedside.charted()
    assert (late.happened_at, late.clock_offset_ms) == (T0 + timedelta(minutes=5), 0)
    assert values_of(late)["spo2_percent"]["verdict"] == "accepted"
    assert on_time.happened_at == T0 + timedelta(minutes=20)


def test_a_value_whose_own_time_lies_in_the_future_is_moved_back_and_doubted(bedside: Bedside):
    own = dict.fromkeys(("sbp_mmhg", "dbp_mmhg"), T0 + timedelta(minutes=70))
    bedside.hear(said(10, FINE | {"sbp_mmhg": 121.0, "dbp_mmhg": 77.0}, episodic=own), minute=10)
    verdicts = {name: each["verdict"] for e in bedside.charted() for name, each in values_of(e).items()}
    assert verdicts["spo2_percent"] == "accepted" and verdicts["sbp_mmhg"] == "unverified"
    assert all(each.happened_at <= each.received_at for each in bedside.charted())


def test_times_without_a_zone_are_read_in_the_zone_of_the_device(afternoon: Afternoon):
    infusing(afternoon, monitor(afternoon.six, KEY, zone="Asia/Tokyo"))
    bedside = Bedside(afternoon)
    wall = f"{T0 + timedelta(hours=9, minutes=1):%Y%m%d%H%M%S}"
    utc = f"{T0 + timedelta(minutes=1):%Y%m%d%H%M%S}+0000"
    bedside.hear(oru(spo2("97")).replace(utc.encode(), wall.encode()), minute=1)
    assert [each.observed_at for each in bedside.charted()] == [T0 + timedelta(minutes=1)]


# All or nothing ------------------------------------------------------------------------------------


@both_databases
@pytest.mark.parametrize("place", ["the event", "the verdict", "the count"])
def test_a_failure_after_the_reading_leaves_nothing_behind(bedside: Bedside, monkeypatch, place: str):
    def fail(*_: object, **__: object) -> None:
        raise OperationalError("database is locked")

    broken = {
        "the event": (sessions, "append_event"),
        "the verdict": (sessions, "_with_verdict"),
        "the count": (monitors, "_count"),
    }[place]
    rows = SessionEvent.objects.count()
    with monkeypatch.context() as patched:
        patched.setattr(*broken, fail)
        with pytest.raises(OperationalError):
            bedside.hear(said(1, FINE), minute=1)
    assert (SessionEvent.objects.count(), DeviceMessage.objects.count()) == (rows, 0)
    assert code_of(bedside.hear(said(1, FINE), minute=1.1)) == "AA"
    assert len(bedside.charted()) == 1


def test_none_of_seven_foreign_messages_becomes_a_value(bedside: Bedside, shared):
    files = sorted((shared / "data" / "hl7v2").glob("*.hl7"))
    assert len(files) == 7
    for file in files:
        received = bedside.hear(file.read_bytes(), minute=1)
        assert isinstance(received.answer, Hl7Refused), file.name
        assert received.answer.ack_code == "AR" and received.answer.reason
    assert not bedside.charted()
    assert {unsealed(each) for each in KeptForInspection.objects.all()} == {f.read_bytes() for f in files}
    assert len(refusals()) == 7
