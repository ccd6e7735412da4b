"""A sender of HL7 v2 over MLLP, for replay."""

import asyncio
import ssl
from types import TracebackType
from typing import Self

from chairside.gateway.frames import FrameReader, framed
from chairside.gateway.mllp import CHUNK_BYTES, closed
from chairside.interop.hl7v2 import MAX_MESSAGE_BYTES


class MllpFailed(ConnectionError):
    """A message could not be sent, or was not answered in time; one sentence."""


class MllpClient:
    """A sender that waits for the answer to each message before it sends the next."""

    def __init__(
        self, host: str, port: int, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None
    ) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._tls = tls
        self._frames = FrameReader(MAX_MESSAGE_BYTES)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def connect(self) -> None:
        """Connects; raises `MllpFailed` where nobody listens."""
        try:
            opening = asyncio.open_connection(self._host, self._port, ssl=self._tls)
            self._streams = await asyncio.wait_for(opening, self._timeout_s)
        except (OSError, TimeoutError) as error:
            raise MllpFailed(f"no HL7 listener answers at {self._host} port {self._port}") from error

    async def send(self, raw: bytes) -> bytes:
        """Sends one message and gives its acknowledgement; raises `MllpFailed` when none comes in time."""
        if self._streams is None:
            raise MllpFailed("not connected to an HL7 listener")
        reader, writer = self._streams
        try:
            writer.write(framed(raw))
            return await asyncio.wait_for(self._answer(reader), self._timeout_s)
        except TimeoutError as error:
            raise MllpFailed(f"no acknowledgement within {self._timeout_s:g} s") from error
        except OSError as error:
            raise MllpFailed(
                f"the connection to the HL7 listener broke off ({type(error).__name__})"
            ) from error

    async def close(self) -> None:
        """Closes the connection."""
        if self._streams is not None:
            await closed(self._streams[1])
            self._streams = None

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        while received := await reader.read(CHUNK_BYTES):
            for one in self._frames.feed(received):
                if isinstance(one, bytes):
                    return one
        raise MllpFailed("the HL7 listener closed the connection without an acknowledgement")
