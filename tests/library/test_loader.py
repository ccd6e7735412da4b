"""Reading library files: hashes, refusals with their line, site versions, releases."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chairside.library.loader import (
    BadLibraryFile,
    by_key,
    in_force,
    manifest,
    read_file,
    release_digest,
    resolve,
    standard,
    unsigned,
)

FILES = tuple(standard().values())
CHECKIN = standard()["checkin", "checkin-before-infusion"]


def changed(written, instead, *, file=CHECKIN):
    """The file with one thing written otherwise."""
    text = file.raw.decode()
    assert written in text
    return text.replace(written, instead, 1).encode()


def test_a_file_is_named_by_the_hash_of_its_exact_bytes():
    assert CHECKIN.sha256 == sha256(CHECKIN.raw).hexdigest()
    commented = read_file(CHECKIN.raw + b"# seen\n", CHECKIN.name)
    assert commented.typed == CHECKIN.typed
    assert commented.sha256 != CHECKIN.sha256


def test_every_file_that_comes_with_this_version_can_be_read():
    assert {"acts", "checkin", "instrument", "monitoring", "readiness", "rescue", "timeout"} <= {
        file.kind for file in FILES
    }


@pytest.mark.parametrize(
    ("written", "instead", "field", "reason"),
    [
        ("value = 160,", "", "rules[27].when[0].limit", "Object missing required field `value`"),
        (
            "value = 160,",
            'value = "160",',
            "rules[27].when[0].limit.value",
            "Expected `int | float`, got `str`",
        ),
        (
            "value = 160,",
            "value = true,",
            "rules[27].when[0].limit.value",
            "Expected `int | float`, got `bool`",
        ),
        (
            "value = 160,",
            "valeu = 1, value = 160,",
            "rules[27].when[0].limit.valeu",
            "no such field in a file",
        ),
        ('op = "at_least"', 'op = "more"', "rules[27].when[0].op", "expected one of is, is_not, missing"),
        ('title = "No escort home"', 'titel = "No escort"', "rules[9]", "missing required field `title`"),
        ("required = false", "requird = false", "items[1].fields[2].requird", "no such field in a file"),
        ('tag = "D"', 'tag = "X"', "baseline_sets.tag", "expected one of V, P, M, D, A, B, C"),
        ('kind = "checkin"', 'kind = "chekin"', "kind", "expected one of acts, checkin, codes, instrument"),
    ],
)
def test_a_bad_file_says_line_field_and_what_was_expected(written, instead, field, reason):
    raw = changed(written, instead)
    with pytest.raises(BadLibraryFile) as refused:
        read_file(raw, "checkin/mine.toml")
    error = refused.value
    assert (error.file, error.field) == ("checkin/mine.toml", field)
    assert reason in error.reason
    line = raw.decode().splitlines()[error.line - 1]
    assert instead.split("\n")[0] in line or line == "[[rules]]" or "limit" in line
    assert str(error).startswith(f"checkin/mine.toml, line {error.line}: {field}: ")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "f.toml: Object missing required field `id`"),
        (b"\xff", "f.toml, line 1: expected UTF-8 text"),
        (b'id = "x"\nversion = \n', "f.toml, line 2: not TOML: Invalid value"),
        (b'id = "x', "f.toml, line 1: not TOML: Unterminated string"),
        (b'id = "x"\nid = "y"\n', "f.toml, line 2: not TOML: Cannot overwrite a value"),
        (b"\x00", "f.toml, line 1: not TOML:"),
    ],
)
def test_what_is_no_library_file_is_refused_in_a_sentence(raw, says):
    with pytest.raises(BadLibraryFile) as refused:
        read_file(raw, "f.toml")
    assert str(refused.value).startswith(says)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw):
    with pytest.raises(BadLibraryFile):
        read_file(raw, "f.toml")


def test_a_file_without_words_or_sources_in_its_head_is_refused():
    with pytest.raises(BadLibraryFile, match="version: expected words, not nothing"):
        read_file(changed('version = "1.0.0"', 'version = " "'), "f.toml")
    text = CHECKIN.raw.decode()
    begin, end = text.index("sources = ["), text.index("]", text.index("sources = ["))
    with pytest.raises(BadLibraryFile, match="sources: expected at least one source"):
        read_file((text[:begin] + "sources = [" + text[end:]).encode(), "f.toml")


def test_the_same_id_of_the_same_kind_twice_is_refused():
    with pytest.raises(BadLibraryFile, match=r"id: 'checkin-before-infusion' stands in .* as well"):
        by_key([CHECKIN, read_file(CHECKIN.raw + b"\n", "checkin/again.toml")])


def test_a_sites_own_file_stands_before_the_standard_one_and_both_are_shown():
    own = read_file(changed('version = "1.0.0"', 'version = "1.0.0+site"'), "site/checkin.toml")
    resolved = resolve(standard(), by_key([own]))[own.key]
    assert (resolved.in_force, resolved.site, resolved.standard) == (own, own, CHECKIN)


def test_without_a_sites_own_file_the_standard_one_is_in_force():
    resolved = resolve(standard(), {})
    assert in_force(resolved) == tuple(standard()[key] for key in sorted(standard()))
    assert all(each.site is None for each in resolved.values())


def test_a_file_only_the_site_has_is_in_force():
    own = read_file(changed('id = "checkin-before-infusion"', 'id = "checkin-pain"'), "site/pain.toml")
    assert resolve(standard(), by_key([own]))[own.key].in_force == own


@given(st.permutations(list(FILES)))
def test_a_release_has_one_digest_in_whatever_order_its_files_come(files):
    assert release_digest(files) == release_digest(FILES)
    assert manifest(files) == manifest(FILES)


def test_any_changed_byte_any_file_more_or_less_makes_another_release():
    rest = [file for file in FILES if file != CHECKIN]
    digests = {
        release_digest(FILES),
        release_digest(rest),
        release_digest([*rest, read_file(CHECKIN.raw + b"\n", CHECKIN.name)]),
    }
    assert len(digests) == 3


def test_a_signature_holds_for_exactly_these_bytes():
    signed = {file.sha256 for file in FILES}
    assert unsigned(FILES, signed) == ()
    touched = read_file(CHECKIN.raw + b"\n", CHECKIN.name)
    rest = [file for file in FILES if file != CHECKIN]
    assert unsigned([*rest, touched], signed) == (touched,)
    assert len(unsigned(FILES, ())) == len(FILES)
