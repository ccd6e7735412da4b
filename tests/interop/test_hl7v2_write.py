"""What replay writes is what the listener reads."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.interop.hl7v2 import (
    BadCodeTable,
    BadRecording,
    Codes,
    VitalsMessage,
    read_message,
    read_monitor_csv,
    vital_codes,
    write_vitals,
)

AT = datetime(2026, 11, 23, 18, 15, 0, 123_000, tzinfo=UTC)
HEADER = "t_s,HR,PULSE,RESP,SpO2,NBPSys,NBPDias,NBPMean\n"
EMPTY_ROWS = {5: {"map_mmhg"}, 59: {"map_mmhg"}, 61: {"map_mmhg"}}


def vitals(values: dict[str, float | None], **more: object) -> VitalsMessage:
    return VitalsMessage(control_id="R1", device="replay", sent_at=AT, observed_at=AT, values=values, **more)


@given(
    st.dictionaries(
        st.sampled_from(sorted(vital_codes().signals)),
        st.decimals("0.1", "9999.9", places=1).map(float),
        min_size=1,
    )
)
def test_what_is_written_is_read_back(values: dict[str, float]) -> None:
    raw = write_vitals(vitals(values), codes=vital_codes())
    message = read_message(raw, codes=vital_codes(), zone="UTC")
    assert {reading.signal: reading.value for reading in message.readings} == values
    assert {reading.observed_at for reading in message.readings} == {AT}
    assert not any(reading.unverified or reading.reason for reading in message.readings)


def test_a_cuff_value_has_its_own_time(codes: Codes) -> None:
    cuff_at = AT - timedelta(seconds=20)
    raw = write_vitals(
        vitals({"sbp_mmhg": 151, "hr_per_min": 60}, episodic={"sbp_mmhg": cuff_at}), codes=codes
    )
    found = read_message(raw, codes=codes, zone="UTC").readings
    assert [(r.observed_at, r.has_own_time) for r in found] == [(cuff_at, True), (AT, False)]


def test_what_can_not_be_obtained_is_said_and_not_left_out(codes: Codes) -> None:
    [reading] = read_message(
        write_vitals(vitals({"hr_per_min": None}), codes=codes), codes=codes, zone="UTC"
    ).readings
    assert (reading.status, reading.verdict) == ("X", "not_measured")


def test_patient_and_bed_keep_their_odd_letters(codes: Codes) -> None:
    raw = write_vitals(vitals({"hr_per_min": 60.0}, patient_id="Ñ^1|2", bed="A&B\\C~D"), codes=codes)
    message = read_message(raw, codes=codes, zone="UTC")
    assert message.patient_ids[0].id == "Ñ^1|2"
    assert message.location.bed == "A&B\\C~D"


def test_a_signal_without_a_code_is_not_written(codes: Codes) -> None:
    with pytest.raises(BadCodeTable, match="'mood'"):
        write_vitals(vitals({"mood": 1.0}), codes=codes)


def test_the_recorded_monitor_is_read_and_sent_as_it_was(shared: Path, codes: Codes) -> None:
    rows = read_monitor_csv((shared / "data/bedside/s25047-2704-05-04-10-44n.csv").read_text("utf-8"))

    assert len(rows) == 72
    assert [row.t_s for row in rows] == [60.0 * minute for minute in range(72)]
    assert sum(0 < row.values["spo2_percent"] < 90 for row in rows) == 15
    for minute, signals in EMPTY_ROWS.items():
        assert {"sbp_mmhg", "dbp_mmhg", "map_mmhg"} & set(rows[minute].values) == signals
    for row in rows:
        message = read_message(write_vitals(vitals(dict(row.values)), codes=codes), codes=codes, zone="UTC")
        read = {reading.signal: reading for reading in message.readings}
        assert {name: one.value for name, one in read.items() if one.value is not None} == {
            name: value for name, value in row.values.items() if value != 0
        }
        assert all(one.verdict == "not_measured" for name, one in read.items() if row.values[name] == 0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "line 1: expected a column t_s"),
        ("t_s\n0\n", "line 1: expected a column t_s and at least one of HR"),
        ("HR\n60\n", "line 1: expected a column t_s"),
        ("t_s;HR\n0;60\n", "line 1, column 't_s;HR': expected one of t_s, HR"),
        ("t_s,HR,HR\n0,60,60\n", "line 1, column HR: expected to stand once"),
        ("t_s,HR,ICP\n0,60,5\n", "line 1, column 'ICP': expected one of"),
        (HEADER, "line 2: expected at least one row"),
        (HEADER + "0,60,60\n", "line 2: expected 8 columns, not 3"),
        (HEADER + "0,9O,,,,,,\n", "line 2, column HR: expected a number or nothing, not '9O'"),
        (HEADER + "0,60,,,nan,,,\n", "line 2, column SpO2: expected a number or nothing"),
        (HEADER + "0,1e308,,,,,,\n", "line 2, column HR: expected a number"),
        (HEADER + '0,"36,8",,,,,,\n', "line 2, column HR: expected a number"),
        (HEADER + "0,6\x000,,,,,,\n", "line 2"),
        (HEADER + ",60,,,,,,\n", "line 2, column t_s: expected seconds"),
        (HEADER + "-1,60,,,,,,\n", "line 2, column t_s: expected seconds"),
        (HEADER + "0,60,,,,,,\n0,61,,,,,,\n", "line 3, column t_s: expected a time after 0 s"),
        (HEADER + '0,"60,,,,,,\n', "line 2: expected comma-separated values"),
    ],
)
def test_a_bad_recording_is_one_sentence_with_line_and_column(text: str, sentence: str) -> None:
    with pytest.raises(BadRecording) as caught:
        read_monitor_csv(text)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_any_text_is_a_recording_or_one_sentence(text: str) -> None:
    for candidate in (text, HEADER + text):
        try:
            assert read_monitor_csv(candidate)
        except BadRecording as refused:
            assert str(refused).startswith("line ")


def test_columns_may_stand_in_any_order_and_a_mark_at_the_beginning_is_nothing() -> None:
    [row] = read_monitor_csv("\ufeffSpO2,t_s\r\n97,0\r\n\r\n")
    assert (row.t_s, dict(row.values)) == (0.0, {"spo2_percent": 97.0})
