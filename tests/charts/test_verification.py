"""Verification against whoever may write to every table: edits, deletes, moves, cuts off."""

import json
from pathlib import Path

import pytest
from django.db import connection

from chairside.charts import sessions
from chairside.charts.verification import NothingToVerify, verify_session
from chairside.gateway.worker import deliver_due


@pytest.fixture(autouse=True)
def outside(tmp_path, settings) -> Path:
    """A data folder of the test's own, where the anchors are."""
    settings.CHAIRSIDE_DATA = str(tmp_path)
    return tmp_path / "anchors.jsonl"


@pytest.fixture
def anchored(closed):
    """A closed session whose heads the worker has written outside."""
    deliver_due()
    for table in ("sessionevent", "auditline", "librarybytes", "libraryrelease"):
        for verb in ("update", "delete"):
            run(f"DROP TRIGGER vault_{table}_no_{verb}")
    return closed


def run(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def found(story) -> list[str]:
    sessions._kept.clear()
    return [str(each) for each in verify_session(story.session, story.clinic).findings]


def row_of(story, kind: str) -> tuple[int, dict]:
    """Position and body of the last event of a kind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT position, body FROM vault_sessionevent WHERE session=%s AND kind=%s "
            "ORDER BY position DESC",
            [story.session, kind],
        )
        position, body = cursor.fetchone()
    return position, json.loads(body)


def test_what_was_left_alone_holds_and_says_what_was_checked(anchored):
    report = verify_session(anchored.session, anchored.clinic)
    assert report.findings == ()
    text = "\n".join(report.checked)
    for words in ("events in their chain", "audit lines", "library files", "refolded", "digest", "verdicts"):
        assert words in text


def test_a_changed_event_is_named(anchored):
    position, body = row_of(anchored, "drug.counted")
    body["payload"]["amount_ug"] -= 1000
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    run(
        "UPDATE vault_sessionevent SET body=%s WHERE session=%s AND position=%s",
        text,
        anchored.session,
        position,
    )
    lines = found(anchored)
    assert any(line.startswith(f"event {position}: changed") for line in lines)
    assert any(line.startswith("record: changed") for line in lines)


def test_one_changed_byte_of_white_space_is_named(anchored):
    run("UPDATE vault_sessionevent SET body=body || ' ' WHERE session=%s AND position=9", anchored.session)
    assert any(line.startswith("event 9: changed") for line in found(anchored))


def test_an_event_that_is_no_longer_json_is_named(anchored):
    run("UPDATE vault_sessionevent SET body='{' WHERE session=%s AND position=9", anchored.session)
    assert any(line.startswith("event 9: changed") for line in found(anchored))


def test_a_changed_column_beside_the_chained_body_is_named(anchored):
    run("UPDATE vault_sessionevent SET kind='note.added' WHERE session=%s AND position=4", anchored.session)
    assert any("event 4" in line and "kind" in line for line in found(anchored))


def test_a_deleted_event_is_named(anchored):
    run("DELETE FROM vault_sessionevent WHERE session=%s AND position=7", anchored.session)
    lines = found(anchored)
    assert any(line.startswith("event 8: missing") for line in lines)
    assert any("audit line" in line and "tells of it" in line for line in lines)


def test_moved_events_are_named(anchored):
    swap = "UPDATE vault_sessionevent SET position=%s WHERE session=%s AND position=%s"
    for to, at in ((9001, 5), (5, 6), (6, 9001)):
        run(swap, to, anchored.session, at)
    assert any(line.startswith("event 5:") for line in found(anchored))


def test_a_log_cut_off_at_its_end_is_named(anchored):
    length = anchored.folded.length
    run("DELETE FROM vault_sessionevent WHERE session=%s AND position>=%s", anchored.session, length - 2)
    lines = found(anchored)
    assert any("truncated" in line and f"event {length}" in line for line in lines)


def test_a_log_cut_off_together_with_its_audit_lines_is_named_by_the_head_outside(anchored):
    length = anchored.folded.length
    last, _ = row_of(anchored, "session.closed")
    assert last == length
    run("DELETE FROM vault_sessionevent WHERE session=%s AND position>=%s", anchored.session, last)
    run("DELETE FROM vault_auditline WHERE position=(SELECT MAX(position) FROM vault_auditline)")
    assert any("truncated" in line for line in found(anchored))


def test_a_whole_session_that_was_removed_is_still_missed(anchored):
    run("DELETE FROM vault_sessionevent WHERE session=%s", anchored.session)
    assert any("truncated" in line for line in found(anchored))


def test_a_changed_audit_line_is_named(anchored):
    run("UPDATE vault_auditline SET body=replace(body, 'library.signed', 'library.sighed') WHERE position=9")
    assert any(line.startswith("audit line 9: changed") for line in found(anchored))


def test_a_deleted_audit_line_is_named(anchored):
    run("DELETE FROM vault_auditline WHERE position=12")
    assert any(line.startswith("audit line 13: missing") for line in found(anchored))


def test_a_changed_byte_of_a_library_file_is_named(anchored):
    run("UPDATE vault_librarybytes SET raw=CAST(raw || '\n' AS BLOB) WHERE name LIKE 'limits%%'")
    assert any(line.startswith("library file") and "changed" in line for line in found(anchored))


def test_a_deleted_library_file_is_named(anchored):
    run("DELETE FROM vault_librarybytes WHERE name LIKE 'limits%%'")
    assert any(line.startswith("library file") and "missing" in line for line in found(anchored))


def test_a_changed_manifest_is_named(anchored):
    run("UPDATE vault_libraryrelease SET manifest=replace(manifest, '1.0.0', '1.0.1')")
    assert any(line.startswith("library release") and "changed" in line for line in found(anchored))


@pytest.mark.parametrize("change", ["meaning='read'", "at='2020-01-01 00:00:00'", "version='9'"])
def test_a_changed_signature_is_named(anchored, change):
    run(f"UPDATE records_sitesignature SET {change} WHERE kind='limits'")
    assert any(line.startswith("signature over") and "changed" in line for line in found(anchored))


def test_a_deleted_signature_is_named(anchored):
    run("DELETE FROM records_sitesignature WHERE kind='limits'")
    assert any(line.startswith("signature over") and "missing" in line for line in found(anchored))


def test_a_changed_head_outside_is_named(anchored, outside):
    lines = outside.read_text().splitlines()
    head = json.loads(lines[1])["head"]
    outside.write_text(outside.read_text().replace(head, "f" * 64))
    assert any("anchors.jsonl" in line or "changed" in line for line in found(anchored))


def test_a_line_outside_that_cannot_be_read_is_named(anchored, outside):
    outside.write_text(outside.read_text() + "{torn\n")
    assert any(line.startswith("anchors.jsonl line") for line in found(anchored))


def test_a_missing_key_is_named(anchored, settings):
    settings.CHAIRSIDE_KEYS = type(settings.CHAIRSIDE_KEYS).ephemeral()
    assert found(anchored)


def test_a_session_that_left_no_trace_is_not_verified(anchored):
    with pytest.raises(NothingToVerify):
        verify_session("no-such", anchored.clinic)
    with pytest.raises(NothingToVerify):
        verify_session(anchored.session, "hill")
