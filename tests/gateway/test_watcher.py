"""The watch: silence is an alarm, and a watch that stops looking shows."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from chairside.charts.pulse import pulse
from chairside.charts.sessions import load
from chairside.charts.underway import Underway
from chairside.gateway import watcher
from tests.actions.afternoon import T0, Afternoon, ready_clinic, visit_of
from tests.people import Six, six

__all__ = ["six"]


@dataclass
class HandClock:
    """A clock that stands where a test puts it; a fast one, so that a second passes in a tenth."""

    minute: float = 0.0
    rate: float = 10.0
    not_for_care: bool = True

    def now(self):
        """The instant it stands at."""
        return T0 + timedelta(minutes=self.minute)

    def monotonic(self):
        """Seconds since the start of the pump."""
        return self.minute * 60


@pytest.fixture
def clock(settings):
    """The clinic's clock, in the test's hand."""
    settings.CHAIRSIDE_CLOCK = HandClock()
    return settings.CHAIRSIDE_CLOCK


@pytest.fixture
def afternoon(six: Six, clock: HandClock) -> Afternoon:
    """A signed site with one planned visit."""
    return ready_clinic(six)


@dataclass
class Watching:
    """The watch, run for some rounds."""

    made: list[int]

    def rounds(
        self, wanted: int, *, waiting_for: str = "", between: Callable[[], object] | None = None
    ) -> bool:
        """Watches for whole rounds, then for as many again after `between`; whether a stream was woken."""

        async def run() -> bool:
            async with pulse.waiting(waiting_for) as woken:
                watch = asyncio.ensure_future(watcher.watch_chairs())
                await self.until(wanted)
                if between is not None:
                    await asyncio.to_thread(between)
                    await self.until(wanted)
                watch.cancel()
                await asyncio.wait({watch})
                return woken.is_set()

        return asyncio.run(run())

    async def until(self, wanted: int) -> None:
        """Waits for so many whole rounds: the next one has begun."""
        begun = len(self.made)
        for _ in range(400):
            if len(self.made) > begun + wanted:
                return
            await asyncio.sleep(0.05)
        raise TimeoutError


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watching:
    """The watch, which counts how often it looked who is on a chair."""
    made: list[int] = []
    look = Underway.look

    def counted(self):
        made.append(1)
        return look(self)

    monkeypatch.setattr(Underway, "look", counted)
    return Watching(made)


def raised(session: str, clinic: str) -> list[str]:
    """The alarms that stand in the log as verdicts."""
    verdicts = load(session, clinic).state.verdicts
    return [alarm["key"] for verdict in verdicts for alarm in verdict.body.raised]


def test_silence_becomes_a_verdict_though_nothing_arrives(afternoon, clock, watch):
    afternoon.until("infusing")
    session, clinic = afternoon.visit.session, afternoon.six.clinic.pk
    before = raised(session, clinic)
    clock.minute = 30
    assert watch.rounds(1, waiting_for=session)
    assert len(raised(session, clinic)) > len(before)
    assert pulse.watched_at(session) == clock.now()


def test_the_same_silence_is_written_once(afternoon, clock, watch):
    afternoon.until("infusing")
    clock.minute = 30
    watch.rounds(2)
    length = load(afternoon.visit.session, afternoon.six.clinic.pk).length
    assert not watch.rounds(2, waiting_for=afternoon.visit.session)
    assert load(afternoon.visit.session, afternoon.six.clinic.pk).length == length


def test_nobody_watches_a_session_that_is_not_on_a_chair(afternoon, clock, watch):
    afternoon.until("prepared")
    watch.rounds(1)
    assert pulse.watched_at(afternoon.visit.session) is None


def test_one_that_fails_keeps_no_other_from_being_watched_and_shows(
    afternoon, clock, watch, monkeypatch, caplog
):
    afternoon.until("infusing")
    second = Afternoon(afternoon.six, visit_of(afternoon.six, T0 - timedelta(hours=2), name="Okafor"))
    second.until("infusing")
    look = watcher.watch

    def broken(*, session, **rest):
        if session == second.visit.session:
            raise LookupError("Ana Okafor")
        return look(session=session, **rest)

    monkeypatch.setattr(watcher, "watch", broken)
    clock.minute = 30
    watch.rounds(3)
    assert pulse.watched_at(afternoon.visit.session) == clock.now()
    assert pulse.watched_at(second.visit.session) is None
    assert f"watching session {second.visit.session} failed: LookupError" in caplog.text
    assert "Okafor" not in caplog.text
    assert len(caplog.records) == 1


def test_a_watch_whose_database_is_away_goes_on_when_it_is_back(afternoon, clock, watch, monkeypatch):
    afternoon.until("infusing")
    clock.minute = 30
    counted = Underway.look

    def away_at_first(self):
        answer = counted(self)
        if len(watch.made) < 3:
            raise OSError("gone")
        return answer

    monkeypatch.setattr(Underway, "look", away_at_first)
    watch.rounds(4)
    assert pulse.watched_at(afternoon.visit.session) == clock.now()


def test_a_session_that_leaves_the_chair_is_no_longer_watched(afternoon, clock, watch):
    afternoon.until("infusing")
    seen = []

    def leave_by_ambulance():
        seen.append(pulse.watched_at(afternoon.visit.session))
        clock.minute = 41
        release = {"disposition": "transfer by ambulance", "escort": "", "note": ""}
        afternoon.do(41, "session.released", release)

    watch.rounds(2, between=leave_by_ambulance)
    assert seen[0] is not None
    assert pulse.watched_at(afternoon.visit.session) is None


def test_who_is_on_a_chair_is_read_from_what_was_added_since(afternoon: Afternoon):
    underway = Underway()
    afternoon.until("prepared")
    assert underway.look() == ()
    afternoon.do(0, "pump.started", {"rate_ul_per_h": 52_500})
    here = ((afternoon.six.clinic.pk, afternoon.visit.session),)
    assert underway.look() == underway.look() == Underway().look() == here


def test_a_start_that_was_struck_out_is_no_start(afternoon: Afternoon):
    folded = afternoon.until("infusing")
    underway = Underway()
    assert len(underway.look()) == 1
    started = next(event for event in folded.events if event.kind == "pump.started")
    afternoon.do(1, "event.struck", {"reason": "pressed on the wrong tablet"}, corrects=started.id)
    assert underway.look() == Underway().look() == ()
