"""What any test may ask for: shared recordings, a database of its own, the clinic's pages, a browser.

What the machine lacks skips the tests that need it, saying so, unless CHAIRSIDE_REQUIRE_SHARED,
CHAIRSIDE_REQUIRE_POSTGRES or CHAIRSIDE_REQUIRE_BROWSER is 1: then its absence is a failure.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:  # a test of arithmetic should not wait for a browser's library
    from playwright.sync_api import Browser

    from tests.servers.tablets import Tablets

ROOT = Path(__file__).resolve().parents[1]
BROWSER = pytest.StashKey["tuple[Browser | None, ExitStack]"]()

hypothesis_settings.register_profile(
    "chairside", deadline=None, print_blob=True
)  # a slow minute is no failure
hypothesis_settings.load_profile("chairside")


def pytest_configure() -> None:
    """Makes the folder that the settings of the tests name."""
    Path(os.environ["CHAIRSIDE_DATA"]).mkdir(mode=0o700, exist_ok=True)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves nothing running and no folder behind."""
    end_browser(config)
    shutil.rmtree(os.environ["CHAIRSIDE_DATA"], ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys share one worker and so one Chromium; so do the tests on PostgreSQL. Journeys come last."""
    for item in items:
        if needs_browser(item):
            item.add_marker(pytest.mark.xdist_group("browser"))
        elif needs_postgres(item):
            item.add_marker(pytest.mark.xdist_group("postgres"))
    items.sort(key=needs_browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ends the browser before a test that needs none: Playwright keeps an event loop in the test's thread."""
    if not needs_browser(item):
        end_browser(item.config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end how many taps each act took that was held to the tap budget."""
    reports = [each for several in terminalreporter.stats.values() for each in several]
    said = [
        value
        for each in reports
        if getattr(each, "when", "") == "call"
        for name, value in each.user_properties
        if name == "taps"
    ]
    if said:
        terminalreporter.section("taps")
        terminalreporter.write_line("\n".join(str(each) for each in said))


def needs_browser(item: pytest.Item) -> bool:
    """Whether the test asks for the browser, directly or not."""
    return "chromium" in getattr(item, "fixturenames", ())


def needs_postgres(item: pytest.Item) -> bool:
    """Whether the test asks for PostgreSQL."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    return (
        "postgres_url" in getattr(item, "fixturenames", ()) or parameters.get("own_database") == "postgresql"
    )


def absent(what: str, requirement: str) -> NoReturn:
    """Skips the test, or fails it where the run requires what is absent."""
    if os.environ.get(requirement) == "1":
        pytest.fail(f"{what}; {requirement}=1 asks for it", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of material that no one on the project wrote; recordings and tables are under `data`."""
    folder = Path(os.environ.get("CHAIRSIDE_SHARED") or ROOT.parent / "shared").resolve()
    if not (folder / "data").is_dir():
        absent(
            "shared data absent: expected a folder with `data` at CHAIRSIDE_SHARED",
            "CHAIRSIDE_REQUIRE_SHARED",
        )
    return folder


# Databases ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a PostgreSQL server of this run's own."""
    from tests.servers.postgres import binaries, running_postgres

    installation = binaries()
    if installation is None:
        absent("no PostgreSQL binaries on this machine", "CHAIRSIDE_REQUIRE_POSTGRES")
    with running_postgres(installation) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, django_db_blocker: Any) -> str:
    """The same server, with the migrated database that tests copy."""
    from tests.servers.database import migrate_postgres

    with django_db_blocker.unblock():
        migrate_postgres(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    """The migrated file that tests copy."""
    from tests.servers.database import migrate_sqlite

    path = tmp_path_factory.mktemp("migrated") / "clinic.sqlite3"
    with django_db_blocker.unblock():
        migrate_sqlite(path)
    return path


@pytest.fixture
def own_database(request: pytest.FixtureRequest, django_db_blocker: Any, tmp_path: Path) -> Iterator[None]:
    """A migrated, empty database for this test alone, seen by every thread; what is committed stays.

    Mark a test `@both_databases` to run it on SQLite and on PostgreSQL.
    """
    from tests.servers.database import copy_of_postgres, copy_of_sqlite

    if getattr(request, "param", "sqlite") == "postgresql":
        copy = copy_of_postgres(request.getfixturevalue("migrated_postgres"))
    else:
        copy = copy_of_sqlite(request.getfixturevalue("migrated_sqlite"), tmp_path / "clinic.sqlite3")
    with django_db_blocker.unblock(), copy:
        yield


# Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def live_url(own_database: None) -> Iterator[str]:
    """The address of the clinic's pages, served on the test's own database."""
    from tests.servers.web import running_web

    with running_web() as url:
        yield url


@pytest.fixture
def chromium(pytestconfig: pytest.Config) -> "Browser":
    """The one real browser that all journeys share."""
    if BROWSER not in pytestconfig.stash:
        from tests.servers.chromium import running_chromium

        stack = ExitStack()
        pytestconfig.stash[BROWSER] = (stack.enter_context(running_chromium()), stack)
    browser, _ = pytestconfig.stash[BROWSER]
    if browser is None:
        absent("no Chromium on this machine (CHAIRSIDE_CHROMIUM)", "CHAIRSIDE_REQUIRE_BROWSER")
    return browser


def end_browser(config: pytest.Config) -> None:
    """Ends the browser if it runs; the next journey starts another."""
    if BROWSER in config.stash:
        _, stack = config.stash[BROWSER]
        del config.stash[BROWSER]
        stack.close()


@pytest.fixture
def new_tablet(chromium: "Browser", live_url: str) -> "Iterator[Tablets]":
    """Opens a tablet: `page = new_tablet()`. A script error or a call outside the clinic fails the test."""
    from tests.servers.tablets import Tablets

    tablets = Tablets(chromium, live_url)
    yield tablets
    tablets.close()
    if tablets.wrong:
        pytest.fail("the pages reported: " + "; ".join(tablets.wrong), pytrace=False)
