"""MLLP over TCP: a listener that answers each message after its handler is done.

It knows frames, time-outs and caps, and nothing of what a message says. The handler gives back the
acknowledgement once the message is committed; if it fails, nothing is answered and the connection
closes, so that the sender sends again.
"""

import asyncio
import logging
import socket
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from chairside.gateway.frames import FrameReader, Trouble, framed
from chairside.interop.hl7v2 import MAX_MESSAGE_BYTES

log = logging.getLogger(__name__)

Handler = Callable[[bytes, str], Awaitable[bytes]]
"""Takes a message and the peer's address; gives the acknowledgement, empty where none is to be sent."""

Notice = Callable[[str, str], None]
"""Told of the peer and one sentence when anything but a message came, or a connection was closed."""

CHUNK_BYTES = 65_536
MAX_STRAY_BYTES = 65_536
MAX_TROUBLES = 50
"""How often something other than a message may come before the next message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a peer may take: without a first message, or with half a message, it is closed within 30 s."""

    connections: int = 64
    connections_per_host: int = 32
    first_message_s: float = 30.0
    half_message_s: float = 20.0
    idle_s: float = 1_800.0
    terminator_s: float = 0.3
    answer_s: float = 10.0
    shutdown_s: float = 10.0


def write_to_log(peer: str, sentence: str) -> None:
    """The default notice: one log line, which never holds the content of a message."""
    log.warning("HL7 v2 from %s: %s", peer, sentence)


@dataclass(eq=False, slots=True)
class _Connection:
    """One peer: its frames, since when it has owed us something, and whether a message of it is at work."""

    peer: str
    frames: FrameReader
    waiting_since_s: float
    half_since_s: float = 0.0
    heard: bool = False
    troubles: int = 0
    busy: bool = False

    def patience(self, limits: Limits, now_s: float) -> tuple[float, str]:
        """How many seconds more to wait for bytes, and what to say when they don't come."""
        if self.frames.ended:
            return limits.terminator_s, ""
        wait_s = limits.idle_s if self.heard else limits.first_message_s
        left = [(self.waiting_since_s + wait_s - now_s, f"no message for {wait_s:g} s")]
        if self.frames.in_frame:
            half_s = limits.half_message_s
            left.append((self.half_since_s + half_s - now_s, f"half a message for {half_s:g} s"))
        seconds, sentence = min(left)
        return max(seconds, 0.0), sentence


class MllpServer:
    """A listener. `async with MllpServer(handler) as server:` serves until the block ends."""

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: Limits | None = None,
        notice: Notice = write_to_log,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._handler = handler
        self._host = host
        self._asked_port = port
        self._limits = limits or Limits()
        self._notice = notice
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], _Connection] = {}
        self._hosts: Counter[str] = Counter()
        self._closing = False

    @property
    def port(self) -> int:
        """The port that is listened on; raises `RuntimeError` before the start."""
        if self._server is None or not self._server.sockets:
            raise RuntimeError("the listener is not running")
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def connections(self) -> int:
        """How many peers are connected."""
        return len(self._open)

    async def start(self) -> None:
        """Listens; a port that is taken raises `OSError`."""
        self._server = await asyncio.start_server(
            self._connected, self._host, self._asked_port, limit=CHUNK_BYTES, ssl=self._tls
        )

    async def close(self) -> None:
        """Stops listening, lets messages at work be committed and answered, and closes every connection."""
        self._closing = True
        if self._server is None:
            return
        self._server.close()
        for task, connection in list(self._open.items()):
            if not connection.busy:
                task.cancel()
        if self._open:
            await asyncio.wait(set(self._open), timeout=self._limits.shutdown_s)
        for task in list(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(set(self._open))
        await self._server.wait_closed()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, peer = _named(writer)
        task = asyncio.current_task()
        full = len(self._open) >= self._limits.connections
        crowded = self._hosts[host] >= self._limits.connections_per_host
        if task is None or self._closing or full or crowded:
            self._notice(peer, "too many connections, this one was closed")
            await closed(writer)
            return
        now_s = asyncio.get_running_loop().time()
        connection = _Connection(peer, FrameReader(MAX_MESSAGE_BYTES), now_s)
        self._open[task] = connection
        self._hosts[host] += 1
        try:
            await self._converse(connection, reader, writer)
        except (OSError, TimeoutError) as error:
            self._notice(peer, f"the connection broke off ({type(error).__name__})")
        except asyncio.CancelledError:
            if not self._closing:
                raise
        finally:
            del self._open[task]
            self._hosts[host] -= 1
            await closed(writer)

    async def _converse(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        frames, loop = connection.frames, asyncio.get_running_loop()
        while not self._closing:
            seconds, sentence = connection.patience(self._limits, loop.time())
            try:
                received = await asyncio.wait_for(reader.read(CHUNK_BYTES), seconds)
            except TimeoutError:
                if not frames.ended:
                    self._notice(connection.peer, f"{sentence}, the connection was closed")
                    return
                found: list[bytes | Trouble] = [frames.take_ended()]
            else:
                if not received:
                    await self._last_words(connection, writer)
                    return
                was_half = frames.in_frame
                found = frames.feed(received)
                if not was_half or found:
                    connection.half_since_s = loop.time()
            if not await self._answer_all(connection, found, writer):
                return
            if any(isinstance(one, bytes) for one in found):
                connection.half_since_s = loop.time()  # while we were at work, we did not listen

    async def _last_words(self, connection: _Connection, writer: asyncio.StreamWriter) -> None:
        """The sender has closed its side: a message that lacks only its CR counts, half a one is lost."""
        if connection.frames.ended:
            await self._answer_all(connection, [connection.frames.take_ended()], writer)
        elif connection.frames.in_frame:
            self._notice(connection.peer, "the connection ended inside a message")

    async def _answer_all(
        self, connection: _Connection, found: list[bytes | Trouble], writer: asyncio.StreamWriter
    ) -> bool:
        """Hands on each message in turn; `False` when the connection must end."""
        for one in found:
            if isinstance(one, Trouble):
                self._notice(connection.peer, one.reason)
                connection.troubles += 1
                if connection.troubles > MAX_TROUBLES:
                    break
                continue
            connection.busy = True
            try:
                if not await self._answer(connection, one, writer):
                    return False
            finally:
                connection.busy = False
            connection.heard = True
            connection.troubles = 0
            connection.waiting_since_s = asyncio.get_running_loop().time()
            if self._closing:
                return False
        if connection.frames.overlong:
            self._notice(connection.peer, "a message was too long, the connection was closed")
            return False
        if connection.troubles > MAX_TROUBLES or connection.frames.stray_bytes > MAX_STRAY_BYTES:
            self._notice(connection.peer, "too much that is no message, the connection was closed")
            return False
        return True

    async def _answer(self, connection: _Connection, raw: bytes, writer: asyncio.StreamWriter) -> bool:
        # A task of its own: a commit under way is not broken off when the connection is.
        work = asyncio.ensure_future(self._handler(raw, connection.peer))
        await asyncio.wait({work})
        failure = work.exception()
        if failure is not None:
            sentence = f"a message was not taken in ({type(failure).__name__}), so it was not answered"
            self._notice(connection.peer, sentence)
            return False
        answer = work.result()
        if answer:
            writer.write(framed(answer))
            await asyncio.wait_for(writer.drain(), self._limits.answer_s)
        return True


def _named(writer: asyncio.StreamWriter) -> tuple[str, str]:
    """The peer's host and its host with port; TCP keep-alive is switched on, so that a dead peer shows."""
    address = writer.get_extra_info("peername") or ("unknown", 0)
    connected = writer.get_extra_info("socket")
    if connected is not None:
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return str(address[0]), f"{address[0]}:{address[1]}"


async def closed(writer: asyncio.StreamWriter) -> None:
    """Closes a connection; one whose peer takes nothing more is broken off."""
    writer.close()
    try:
        await asyncio.wait_for(writer.wait_closed(), 2.0)
    except TimeoutError:
        writer.transport.abort()
    except OSError:
        log.debug("a connection was already gone")
