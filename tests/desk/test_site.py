"""The library is signed for a site by a director, with the password, over exactly the bytes shown."""

import json
import tomllib

import pytest

from chairside.accounts.access import NotAllowed
from chairside.actions import library
from chairside.actions.fields import BadFields
from chairside.actions.library import sign_library_file
from chairside.charts.releases import library_of_site
from chairside.desk.book import SHOWN_UNITS, book_of
from chairside.library.loader import standard
from chairside.records.models import SiteSignature
from chairside.vault.models import AuditLine
from tests.people import MONDAY, PASSWORD

PHQ9 = standard()["instrument", "phq-9"]
PAGE = "/site/instrument/phq-9"


def signing(six, name="prescriber", password=PASSWORD):
    return sign_library_file(PHQ9, clinic=six.clinic, password=password, by=getattr(six, name), at=MONDAY)


def test_a_director_signs_exactly_these_bytes(six):
    signature = signing(six)
    assert (signature.sha256, signature.signed_by, signature.at) == (PHQ9.sha256, six.prescriber, MONDAY)


def test_the_audit_line_holds_the_hash_that_was_signed(six):
    signing(six)
    line = json.loads(AuditLine.objects.of("bay").latest("position").body)
    assert line["verb"] == "library.signed"
    assert line["detail"]["sha256"] == PHQ9.sha256


def test_the_signature_and_its_audit_line_fail_together(six, monkeypatch):
    def broken(**_):
        raise RuntimeError("the chain can't be written")

    monkeypatch.setattr(library, "audit", broken)
    with pytest.raises(RuntimeError):
        signing(six)
    assert not SiteSignature.objects.exists()


def test_the_same_bytes_are_signed_once(six):
    assert signing(six).pk == signing(six).pk
    assert SiteSignature.objects.count() == 1


def test_a_wrong_password_signs_nothing(six):
    with pytest.raises(BadFields, match="password"):
        signing(six, password="wrong")
    assert not SiteSignature.objects.exists()


def test_wrong_passwords_at_signing_lock_the_name_as_at_sign_in(six):
    for _ in range(10):
        with pytest.raises(BadFields):
            signing(six, password="wrong")
    with pytest.raises(BadFields, match="locked"):
        signing(six)


@pytest.mark.parametrize("name", ["nurse", "manager", "researcher", "stranger"])
def test_nobody_but_a_director_of_this_clinic_signs(six, name):
    with pytest.raises(NotAllowed):
        signing(six, name)
    assert not SiteSignature.objects.exists()


def test_a_signature_for_one_clinic_is_none_for_another(six):
    signing(six)
    assert "▲ not signed" in six.browser("stranger").get(PAGE).content.decode()


def test_the_page_signs_and_says_so(six):
    browser = six.browser("prescriber")
    browser.post(PAGE, {"sha256": PHQ9.sha256, "sign_password": PASSWORD})
    assert "✓ signed" in browser.get(PAGE).content.decode()


def test_the_page_signs_nothing_that_was_not_shown(six):
    answer = six.browser("prescriber").post(PAGE, {"sha256": "0" * 64, "sign_password": PASSWORD})
    assert answer.status_code == 422
    assert "The file changed since this page was opened" in answer.content.decode()
    assert not SiteSignature.objects.exists()


def test_the_page_refuses_a_nurse_in_words_even_when_the_form_is_forged(six):
    answer = six.browser("nurse").post(PAGE, {"sha256": PHQ9.sha256, "sign_password": PASSWORD})
    assert "This is done by a director." in answer.content.decode()
    assert not SiteSignature.objects.exists()


def test_a_changed_file_is_unsigned_and_says_which_version_was_signed(six, settings, tmp_path):
    signing(six)
    (tmp_path / "library").mkdir()
    raw = PHQ9.raw.replace(b'version = "1.0.0"', b'version = "1.0.1"')
    (tmp_path / "library" / "phq-9.toml").write_bytes(raw)
    settings.CHAIRSIDE_DATA = tmp_path
    said = six.browser("prescriber").get("/site/").content.decode()
    assert "version 1.0.0 was signed" in said


def test_a_file_of_the_site_that_can_not_be_read_is_named_on_every_page_that_needs_it(
    six, settings, tmp_path
):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "own.toml").write_text("limits = [")
    settings.CHAIRSIDE_DATA = tmp_path
    for page in ("/", "/site/"):
        said = six.browser("prescriber").get(page)
        assert said.status_code == 200
        assert "own.toml, line 1" in said.content.decode()


def test_the_site_page_counts_what_is_missing(six):
    said = six.browser("nurse").get("/site/").content.decode()
    assert "No session can start." in said
    assert f"{len(library_of_site())} things are missing" in said


def numbers(value):
    """Every number with a source in a TOML table, found in the plainest way."""
    if isinstance(value, dict):
        if "value" in value and "source" in value:
            yield value
        for inner in value.values():
            yield from numbers(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner)


@pytest.mark.parametrize("key", sorted(standard()), ids=lambda key: key[1])
def test_the_book_shows_every_number_of_a_file_with_its_source(key):
    raw = standard()[key].raw
    shown = [
        (line.value, line.unit, line.source) for chapter in book_of(raw).chapters for line in chapter.lines
    ]
    for number in numbers(tomllib.loads(raw.decode())):
        said = (
            str(number["value"]),
            SHOWN_UNITS.get(number.get("unit", ""), number.get("unit", "")),
            number["source"],
        )
        assert said in shown


def leaves(value):
    """Every plain value of a TOML table outside its head."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield "yes" if value is True else "no" if value is False else str(value)


@pytest.mark.parametrize("key", sorted(standard()), ids=lambda key: key[1])
def test_the_book_leaves_nothing_out(key):
    raw = standard()[key].raw
    table = {
        k: v for k, v in tomllib.loads(raw.decode()).items() if k not in ("id", "version", "title", "kind")
    }
    book = book_of(raw)
    shown = " ".join(
        " ".join((line.value, line.unit, line.tag, line.source))
        for chapter in book.chapters
        for line in chapter.lines
    )
    shown += " ".join((book.evidence, *book.sources, *SHOWN_UNITS, "yes no"))
    assert not [leaf for leaf in leaves(table) if leaf not in shown]


def test_a_plain_count_is_not_followed_by_a_figure_that_could_be_read_into_it():
    lines = [line for chapter in book_of(PHQ9.raw).chapters for line in chapter.lines if line.tag]
    assert not [line for line in lines if line.unit == "1"]
