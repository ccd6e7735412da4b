"""The stream: everything at once, what changed after it, a heartbeat, and an end with the right to look."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from chairside.charts.pulse import Pulse
from chairside.floor.live.panels import PANELS
from tests.web.live.running import Running

STREAM = import_module("chairside.floor.live.stream")


class Heard:
    """A stream as a page hears it, event by event."""

    def __init__(self, answer) -> None:
        self.answer = answer

    def next(self) -> tuple[str, str, str]:
        """Name, text and id of the next event."""
        name, number, lines = "", "", []
        for raw in self.answer:
            line = raw.decode().rstrip("\n")
            if not line and name:
                return name, "\n".join(lines), number
            field, _, value = line.partition(": ")
            name = value if field == "event" else name
            number = value if field == "id" else number
            lines += [value] if field == "data" else []
        raise EOFError

    def until(self, name: str, within_s: float) -> str:
        """The text of the next event of that name."""
        began = time.monotonic()
        while time.monotonic() - began < within_s:
            found, text, _ = self.next()
            if found == name:
                return text
        raise AssertionError(f"no {name} within {within_s} s")


@contextmanager
def listening(infusing: Running, live_url: str, who: str = "nurse") -> Iterator[Heard]:
    """The stream as that person's tablet opens it."""
    cookies = infusing.six.browser(who).cookies
    key = cookies["sessionid"].value if "sessionid" in cookies else ""
    request = Request(
        f"{live_url}/sessions/{infusing.session}/stream", headers={"Cookie": f"sessionid={key}"}
    )
    with urlopen(request, timeout=15) as answer:
        yield Heard(answer)


def test_it_begins_with_every_panel_and_then_beats_with_the_clinics_time(infusing, live_url):
    with listening(infusing, live_url) as heard:
        assert heard.answer.headers["Cache-Control"] == "no-store"
        first = [heard.next() for _ in range(len(PANELS) + 1)]
        assert [name for name, *_ in first] == [*(panel.name for panel in PANELS), "beat"]
        assert len({number for *_, number in first}) == len(first)
        said = datetime.fromisoformat(json.loads(first[-1][1])["now"])
        assert abs((datetime.now(UTC) - said).total_seconds()) < 10
        began = time.monotonic()
        heard.until("beat", 10)
        assert time.monotonic() - began <= 5


def test_what_is_told_arrives_at_once_and_nothing_else_is_sent_again(infusing, live_url):
    with listening(infusing, live_url, "prescriber") as heard:
        heard.until("beat", 10)
        began = time.monotonic()
        infusing.six.browser("nurse").post(
            f"/sessions/{infusing.session}/live/note", {"text": "a blanket <b>warm</b>"}
        )
        text = heard.until("record", 10)
        assert time.monotonic() - began < 5
        assert "a blanket &lt;b&gt;warm&lt;/b&gt;" in text


@pytest.mark.parametrize("who", ["patient", "researcher", "stranger"])
def test_it_is_not_for_others(infusing, live_url, who):
    if who == "patient":
        with listening(infusing, live_url, who) as heard:
            assert "/sign-in" in heard.answer.url
        return
    with pytest.raises(HTTPError) as refused, listening(infusing, live_url, who):
        pass
    with refused.value as answer:
        assert answer.code in (403, 404)


def test_it_stops_when_the_person_may_no_longer_look(infusing, live_url):
    with listening(infusing, live_url) as heard:
        heard.until("beat", 10)
        person = infusing.six.nurse
        person.is_active = False
        person.save()
        began = time.monotonic()
        assert "may no longer look" in heard.until("ended", 10)
        assert time.monotonic() - began < 4
        with pytest.raises(EOFError):
            heard.next()


def test_it_ends_when_the_clinics_computer_stops(infusing, live_url, monkeypatch):
    mine = Pulse()
    monkeypatch.setattr(STREAM, "pulse", mine)
    with listening(infusing, live_url) as heard:
        heard.until("beat", 10)
        mine.end()
        heard.until("ending", 5)
        with pytest.raises(EOFError):
            heard.next()
