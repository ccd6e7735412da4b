"""The fixtures themselves: a test that leans on a broken one would prove nothing."""

import asyncio
import threading
import time
from contextlib import ExitStack
from urllib.request import urlopen

import psycopg
import pytest
from django.core.asgi import get_asgi_application
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.http import StreamingHttpResponse
from django.urls import path

from tests.servers.database import both_databases
from tests.servers.web import running_web


def written_here() -> int:
    """How often a test of this file has written to the database."""
    return MigrationRecorder.Migration.objects.filter(app="a test").count()


@both_databases
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_one_test_commits_no_other_sees(own_database, turn):
    assert written_here() == 0
    MigrationRecorder.Migration.objects.create(app="a test", name=turn)
    assert written_here() == 1


@both_databases
def test_every_thread_sees_the_database_of_the_test(own_database):
    MigrationRecorder.Migration.objects.create(app="a test", name="thread")
    seen = []

    def look():
        seen.append(written_here())
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [1]


def test_postgres_is_reached_by_no_network(postgres_url):
    with psycopg.connect(postgres_url) as server:
        assert server.execute("SHOW listen_addresses").fetchone() == ("",)


async def endless(request):
    """A stream that sends one line and then stays open."""

    async def lines():
        yield "here\n"
        await asyncio.sleep(3600)

    return StreamingHttpResponse(lines(), content_type="text/event-stream")


urlpatterns = [path("endless", endless)]


def test_a_stream_left_open_does_not_keep_the_server(settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    with ExitStack() as streams:
        with running_web(get_asgi_application()) as url:
            stream = streams.enter_context(urlopen(f"{url}/endless"))
            assert stream.readline() == b"here\n"
            began = time.monotonic()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_tablet_opens_the_pages_of_the_clinic(new_tablet, turn):
    page = new_tablet()
    assert page.goto("/static/").status == 404


def test_a_test_without_a_browser_may_have_an_event_loop_of_its_own():
    assert asyncio.run(asyncio.sleep(0, "ran")) == "ran"
