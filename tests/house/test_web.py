"""What pages and settings may not do."""

import re
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.reading import committed, product, written_here

POURS_STRINGS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\b")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=|javascript:|\sstyle\s*=", re.IGNORECASE)


def test_no_script_pours_a_string_into_the_page():
    assert not [source.name for source in written_here(".js") if POURS_STRINGS.search(source.text)]


def test_no_template_carries_a_script_or_style_of_its_own():
    templates = [source for source in written_here(".html") if "src" in source.path.parts]
    found = [(source.name, each[0]) for source in templates for each in INLINE.finditer(source.text)]
    assert not [(name, text) for name, text in found if "application/json" not in text]


def test_no_template_trusts_a_string():
    unsafe = re.compile(r"\|\s*safe\b|autoescape off|mark_" + "safe")
    assert not [source.name for source in [*written_here(".html"), *product()] if unsafe.search(source.text)]


def test_nothing_of_a_third_party_is_committed():
    foreign = re.compile(r"(\.min\.(js|css)|\.map|\.woff2?|\.whl|\.so|\.wasm)$|node_modules|/vendor/")
    assert not [source.name for source in committed() if foreign.search(source.name)]


def test_no_script_or_style_was_squeezed_by_a_machine():
    ours = written_here(".js") + written_here(".css")
    assert not [source.name for source in ours if max(map(len, source.text.splitlines()), default=0) > 400]


def test_the_admin_is_not_in_the_house():
    assert not [name for name in settings.INSTALLED_APPS if "admin" in name]
    assert not [route for route in routes(get_resolver()) if "admin" in route]


def routes(resolver: URLResolver) -> list[str]:
    """Every address the server answers to, as its pattern."""
    below = [each for each in resolver.url_patterns if isinstance(each, URLResolver)]
    own = [str(each.pattern) for each in resolver.url_patterns if isinstance(each, URLPattern)]
    return [*own, *(str(each.pattern) + route for each in below for route in routes(each))]


def test_a_transaction_is_opened_by_a_verb_and_never_by_a_request():
    assert not [name for name, database in settings.DATABASES.items() if database.get("ATOMIC_REQUESTS")]
    assert not settings.DEBUG


def test_every_change_of_a_table_has_its_migration(own_database):
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


def test_migrations_are_named_by_what_they_intend():
    named = [source.path.stem for source in written_here(".py") if source.path.parent.name == "migrations"]
    assert not [name for name in named if re.search(r"_(auto_|initial$|alter_|remove_)", name)]


def test_django_finds_nothing_to_complain_of():
    call_command("check", fail_level="WARNING", stderr=StringIO())
