"""The running clinic: pages, HL7 listener, outbox worker and watch in one process, until told to stop."""

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chairside.cli.cannot import Cannot
from chairside.cli.typed_arguments import LOCAL_HOSTS

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)

APPLICATION = "chairside.config.asgi:application"
STREAMS_END_S = 2
RESTART_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the clinic listens: an address of this machine, and two bound ports."""

    host: str
    web: socket.socket
    hl7: socket.socket
    hl7_port: int

    @property
    def address(self) -> str:
        """The address to open."""
        host = "localhost" if self.host in LOCAL_HOSTS else self.host
        return f"http://{host}:{self.web.getsockname()[1]}/"


@contextmanager
def bound(*, host: str, port: int, hl7_port: int) -> Iterator[Places]:
    """Both ports, taken before anything else begins; raises `Cannot` for one that is not to be had."""
    only_this_machine(host)
    with held(host, port, "--port") as web, held(host, hl7_port, "--hl7-port") as hl7:
        yield Places(host=host, web=web, hl7=hl7, hl7_port=hl7.getsockname()[1])


def only_this_machine(host: str) -> None:
    """Refuses an address that others reach, unless something in front of this process speaks https."""
    if host not in LOCAL_HOSTS and os.environ.get("CHAIRSIDE_TLS") != "1":
        raise Cannot(
            f"--host {host}: expected localhost; without https, passwords and records would cross "
            "the network for anyone to read"
        )


def held(host: str, port: int, option: str) -> socket.socket:
    """A bound socket; raises `Cannot` in one sentence."""
    host = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Cannot(
                f"{option} {port}: taken by another program; choose another, or 0 for any"
            ) from error
        if error.errno == errno.EACCES:
            raise Cannot(f"{option} {port}: not allowed to this user; choose one above 1023") from error
        raise Cannot(f"{option} {port}: {os.strerror(error.errno or 0).lower()} at {host}") from error


def run_clinic(places: Places, announce: Callable[[], None]) -> int:
    """Runs until SIGINT or SIGTERM and returns the exit status; `announce` is called once pages answer."""
    import uvicorn
    from django.urls import get_resolver

    config = uvicorn.Config(
        APPLICATION,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=os.environ.get("CHAIRSIDE_TLS") == "1",
        timeout_graceful_shutdown=STREAMS_END_S,
    )
    config.load()
    _ = get_resolver().url_patterns  # every page's module is read now, not while somebody waits for the first
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        return runner.run(_run(config, places, announce))


async def _run(config: "uvicorn.Config", places: Places, announce: Callable[[], None]) -> int:
    from chairside.charts.pulse import pulse
    from chairside.gateway.watcher import watch_chairs
    from chairside.gateway.worker import work_through_outbox

    stop = asyncio.Event()
    async with (
        kept_going(work_through_outbox, "the outbox worker"),
        kept_going(watch_chairs, "the watch"),
        hl7_listener(places),
        pages(config, places.web) as web,
    ):
        with stopped_by_signals(stop):
            announce()
            asked = asyncio.ensure_future(stop.wait())
            await asyncio.wait({asked, web}, return_when=asyncio.FIRST_COMPLETED)
        pulse.end()
    if stop.is_set():
        return 0
    log.critical("the web server ended by itself; nobody asked for it")
    return 1


@asynccontextmanager
async def pages(config: "uvicorn.Config", bound_socket: socket.socket) -> AsyncIterator["asyncio.Task[None]"]:
    """The web server as a task, answering from the first line of the block and stopped after it."""
    import uvicorn

    class Server(uvicorn.Server):
        """Leaves signals to whoever runs the whole clinic."""

        def capture_signals(self) -> Any:
            """Nothing is captured."""
            return contextlib.nullcontext()

    server = Server(config)
    task = asyncio.ensure_future(server.serve(sockets=[bound_socket]))
    while not server.started and not task.done():
        await asyncio.sleep(0.02)
    try:
        yield task
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def hl7_listener(places: Places) -> AsyncIterator[None]:
    """The listener for monitors; stopped before the outbox worker is, so that what it took in is told."""
    from chairside.gateway.listener import listening
    from chairside.gateway.mllp import Limits

    host, port = places.hl7.getsockname()[:2]
    places.hl7.close()  # it was held for the listener, which opens its own
    try:
        async with listening(host=host, port=port, limits=Limits(shutdown_s=STREAMS_END_S)):
            yield
    except OSError as error:
        raise Cannot(f"--hl7-port {port}: {os.strerror(error.errno or 0).lower()}") from error


@asynccontextmanager
async def kept_going(work: Callable[[], Awaitable[None]], name: str) -> AsyncIterator[None]:
    """Work beside the pages while the block runs; if it ends by itself, it is logged and begins again."""
    task = asyncio.ensure_future(_again_and_again(work, name))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _again_and_again(work: Callable[[], Awaitable[None]], name: str) -> None:
    while True:
        once = asyncio.ensure_future(work())
        try:
            await asyncio.wait({once})
        finally:
            once.cancel()
            await asyncio.wait({once})
        failure = None if once.cancelled() else once.exception()
        log.critical("%s ended (%s) and begins again", name, type(failure).__name__)
        await asyncio.sleep(RESTART_S)


@contextmanager
def stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    """SIGINT and SIGTERM ask for the end; a second SIGINT does not wait for it."""
    loop = asyncio.get_running_loop()
    asked_by = (signal.SIGINT, signal.SIGTERM)

    def ask(number: int, _: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        loop.call_soon_threadsafe(stop.set)

    before = {number: signal.signal(number, ask) for number in asked_by}
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before[signal.SIGTERM])
