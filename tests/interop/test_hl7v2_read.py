"""What is in a message: readings, times, association; nothing dropped, nothing guessed."""

from datetime import UTC, datetime

import pytest

from chairside.interop.hl7v2 import BadTime, Codes, Hl7Refused, Location, read_message
from tests.interop.conftest import GOOD, bent, with_obx

ZONE = "America/Los_Angeles"
HR = "OBX||NM|147842^MDC_ECG_HEART_RATE^MDC||72|bpm|||||F"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r\n"])
def test_it_reads_the_same_whatever_ends_the_lines(end: str, codes: Codes) -> None:
    expected = read_message(GOOD.encode(), codes=codes, zone=ZONE)
    assert read_message(GOOD.replace("\r", end).encode(), codes=codes, zone=ZONE) == expected


def test_it_reads_mixed_line_ends_and_blank_lines(codes: Codes) -> None:
    mixed = GOOD.replace("\rPID", "\nPID").replace("\rOBR", "\r\n\nOBR").encode()
    assert len(read_message(mixed, codes=codes, zone=ZONE).readings) == 2


def test_it_reads_latin_names_as_they_are_written(codes: Codes) -> None:
    raw = GOOD.replace("UNICODE UTF-8", "8859/1").encode("latin-1")
    assert read_message(raw, codes=codes, zone=ZONE).patient_name == "Zoë Muñoz"


def test_it_refuses_latin_bytes_that_call_themselves_nothing(codes: Codes) -> None:
    raw = GOOD.replace("UNICODE UTF-8", "").encode("latin-1")
    with pytest.raises(Hl7Refused, match=r"MSH-18: byte 1.. does not fit the character set UNICODE UTF-8"):
        read_message(raw, codes=codes, zone=ZONE)


def test_it_takes_a_byte_order_mark_for_nothing(codes: Codes) -> None:
    assert len(read_message(b"\xef\xbb\xbf" + GOOD.encode(), codes=codes, zone=ZONE).readings) == 2


def test_it_reads_other_separators_and_escapes(codes: Codes) -> None:
    raw = (
        "MSH#*!/%#M#F###20261123101500+0000##ORU*R01#1#P#2.5\r"
        "PV1##O#UNIT/T/A**B/F/3\r"
        "OBX#1#NM#147842*MDC_ECG_HEART_RATE*MDC##72#/S/min*bpm#####F\r"
    )
    message = read_message(raw.encode(), codes=codes, zone=ZONE)
    assert message.location.point_of_care == "UNIT%A"
    assert message.location.bed == "B#3"
    assert message.readings[0].value == 72.0


def test_it_keeps_two_channels_of_one_signal(codes: Codes) -> None:
    spo2 = "OBX||NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.{}.1.150456|{}|%|||||F"
    message = read_message(with_obx(spo2.format(2, 97), spo2.format(3, 88)), codes=codes, zone=ZONE)
    [readings] = message.by_time().values()
    assert [(r.sub_id, r.value) for r in readings] == [("1.2.1.150456", 97.0), ("1.3.1.150456", 88.0)]


def test_it_keeps_counts_and_names_what_it_does_not_know(codes: Codes) -> None:
    message = read_message(
        with_obx(
            HR,
            "OBX||NM|478^VENDOR_PVI^99VND|1.1|12|%|||||F",
            "OBX||NM|478^VENDOR_PVI^99VND|1.2|13|%|||||F",
            "OBX||NA|150452^MDC_PULS_OXIM_PLETH^MDC||1^2^3|||||F",
            "OBX||||||||||F",
        ),
        codes=codes,
        zone=ZONE,
    )
    assert len(message.readings) == 5
    assert message.unknown == {"478^VENDOR_PVI^99VND": 2, "150452^MDC_PULS_OXIM_PLETH^MDC": 1, "^^": 1}
    assert all(reading.value is None for reading in message.readings[1:])


def test_a_row_that_names_a_part_of_the_device_is_no_unknown_parameter(codes: Codes) -> None:
    message = read_message(
        with_obx("OBX|||69766^MDC_DEV_X_VMD^MDC|1.11.0.0|||||||X", HR), codes=codes, zone=ZONE
    )
    assert message.readings[0].verdict == "structure"
    assert message.unknown == {}


@pytest.mark.parametrize(
    ("identifier", "signal"),
    [
        ("150456^MDC_PULS_OXIM_SAT_O2^MDC", "spo2_percent"),
        ("150456^anything^MDC", "spo2_percent"),
        ("59408-5^SpO2^LN", "spo2_percent"),
        ("SPO2^Sat^99VND^150456^MDC_PULS_OXIM_SAT_O2^MDC", "spo2_percent"),
        ("150456^MDC_PULS_OXIM_SAT_O2", "spo2_percent"),
        ("150456", None),
        ("150456^anything", None),
        ("150457^MDC_PULS_OXIM_SAT_O2", None),
        ("150456^MDC_PULS_OXIM_SAT_O2^99VND", None),
        ("59408-5^SpO2", None),
    ],
)
def test_a_code_counts_only_in_its_own_system(identifier: str, signal: str | None, codes: Codes) -> None:
    [reading] = read_message(with_obx(f"OBX||NM|{identifier}||97|%|||||F"), codes=codes, zone=ZONE).readings
    assert reading.signal == signal


def test_the_time_is_the_observations_own_before_the_orders_before_the_messages(codes: Codes) -> None:
    own = with_obx(HR + "|||20261123101444.5000-0800")
    of_order = with_obx(HR)
    of_message = bent("|||20261123101500-0800\rOBX|1", "\rOBX|1").replace(
        b"|20261123101500", b"|20261123101502"
    )
    found = [read_message(raw, codes=codes, zone=ZONE).readings[0] for raw in (own, of_order, of_message)]
    assert [(reading.observed_at, reading.has_own_time) for reading in found] == [
        (datetime(2026, 11, 23, 18, 14, 44, 500_000, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 18, 15, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 18, 15, 2, tzinfo=UTC), False),
    ]


def test_without_any_time_it_is_refused(codes: Codes) -> None:
    raw = with_obx(HR).replace(b"20261123101500-0800", b"")
    with pytest.raises(Hl7Refused, match="line 5: expected a time"):
        read_message(raw, codes=codes, zone=ZONE)


@pytest.mark.parametrize(
    "own",
    [
        "20261123",
        "2026112310",
        "soon",
        "20261301101500",
        "20261123101500+1500",
        "20261123101500-0060",
        "20261123246000",
    ],
)
def test_an_unreadable_time_of_its_own_spoils_the_value_and_not_the_message(own: str, codes: Codes) -> None:
    [reading] = read_message(with_obx(f"{HR}|||{own}"), codes=codes, zone=ZONE).readings
    assert (reading.verdict, reading.value, reading.has_own_time) == ("refused", None, False)
    assert reading.reason.startswith("OBX-14: expected")


def test_a_time_without_a_zone_takes_the_messages_then_the_devices(codes: Codes) -> None:
    by_message = with_obx(HR + "|||20261123101400")
    by_device = by_message.replace(b"-0800", b"")
    for raw, hour in ((by_message, 18), (by_device, 15)):
        [reading] = read_message(raw, codes=codes, zone="America/New_York").readings
        assert reading.observed_at == datetime(2026, 11, 23, hour, 14, tzinfo=UTC)


@pytest.mark.parametrize(("received_hour", "observed_hour"), [(8, 8), (9, 9)])
def test_the_hour_that_comes_twice_is_the_one_nearer_to_its_arrival(
    received_hour: int, observed_hour: int, codes: Codes
) -> None:
    raw = with_obx(HR + "|||20261101013000").replace(b"-0800", b"")
    received_at = datetime(2026, 11, 1, received_hour, 30, 5, tzinfo=UTC)
    [reading] = read_message(raw, codes=codes, zone=ZONE, received_at=received_at).readings
    assert reading.observed_at == datetime(2026, 11, 1, observed_hour, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "America"])
def test_a_zone_that_does_not_exist_is_the_callers_mistake(zone: str, codes: Codes) -> None:
    with pytest.raises(BadTime, match="expected an IANA name"):
        read_message(GOOD.encode(), codes=codes, zone=zone)


def test_it_tells_whose_it_may_be(codes: Codes) -> None:
    message = read_message(GOOD.encode(), codes=codes, zone=ZONE)
    assert [(one.id, one.authority, one.type) for one in message.patient_ids] == [
        ("MRN7", "CLINIC", "MR"),
        ("E9", "OTHER", "PI"),
    ]
    assert message.location == Location("UNIT", "ROOM", "CHAIR-3", "CLINIC")
    assert (message.header.sending_application, message.header.sending_facility) == ("MONITOR", "BEDS")
    assert message.filler_order == "FILLER9^GW"


def test_the_equipment_is_the_observations_own(codes: Codes) -> None:
    obx = HR + "|||20261123101500||||080019FFFE1443EC^B40_GE"
    message = read_message(with_obx(obx, obx), codes=codes, zone=ZONE)
    assert message.equipment == ("080019FFFE1443EC",)


def test_it_needs_no_patient_no_visit_and_no_order(codes: Codes) -> None:
    raw = "MSH|^~\\&|||||20261123101500||ORU^R01|1|P|2.3.1\r" + HR + "\r"
    message = read_message(raw.encode(), codes=codes, zone=ZONE)
    assert (message.patient_ids, message.location, message.equipment) == ((), Location(), ())
    assert message.readings[0].value == 72.0


def test_names_and_numbers_of_patients_do_not_show_in_a_print_of_the_message(codes: Codes) -> None:
    shown = repr(read_message(GOOD.encode(), codes=codes, zone=ZONE))
    assert "Muñoz" not in shown
    assert "MRN7" not in shown


def test_status_x_is_as_the_device_is_set(codes: Codes) -> None:
    raw = with_obx(HR[:-1] + "X")
    [reading] = read_message(raw, codes=codes, zone=ZONE, cannot_obtain="not_measured").readings
    assert (reading.verdict, reading.value) == ("not_measured", None)


def test_a_last_line_without_its_end_is_taken_when_its_status_came(codes: Codes) -> None:
    assert len(read_message(GOOD.rstrip("\r").encode(), codes=codes, zone=ZONE).readings) == 2


def test_no_cut_changes_a_value(codes: Codes) -> None:
    raw = GOOD.encode()
    for length in range(len(raw)):
        try:
            message = read_message(raw[:length], codes=codes, zone=ZONE)
        except Hl7Refused:
            continue
        values = [reading.value for reading in message.readings]
        assert values in ([72.0], [72.0, 97.0])


def test_a_message_that_is_too_long_is_refused_for_ever(codes: Codes) -> None:
    raw = GOOD.encode() + b"NTE|" + b"x" * 1_048_576
    with pytest.raises(Hl7Refused, match="longer than 1048576 bytes") as caught:
        read_message(raw, codes=codes, zone=ZONE)
    assert (caught.value.ack_code, caught.value.control_id) == ("AR", "MSG1")


def test_too_many_segments_are_refused(codes: Codes) -> None:
    with pytest.raises(Hl7Refused, match="more than 4000 segments"):
        read_message(GOOD.encode() + b"NTE|\r" * 4_000, codes=codes, zone=ZONE)


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n", b"MSH", b"hello", b"PID|1\rMSH|^~\\&|", b"FHS|^~\\&|\rMSH|^~\\&|"]
)
def test_what_does_not_begin_with_msh_is_refused_without_a_control_id(raw: bytes, codes: Codes) -> None:
    with pytest.raises(Hl7Refused) as caught:
        read_message(raw, codes=codes, zone=ZONE)
    assert (caught.value.ack_code, caught.value.field, caught.value.control_id) == ("AE", "MSH", "")


def test_a_second_message_in_the_frame_is_not_swallowed(codes: Codes) -> None:
    with pytest.raises(Hl7Refused, match="expected one MSH"):
        read_message(GOOD.encode() * 2, codes=codes, zone=ZONE)
