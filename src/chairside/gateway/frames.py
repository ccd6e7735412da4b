"""MLLP frames out of a stream of bytes: 0x0B message 0x1C 0x0D, however the network cuts it."""

from dataclasses import dataclass

START = 0x0B
END = 0x1C
TAIL = b"\r\n"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the stream that is no message; one sentence, without its content."""

    reason: str


def framed(raw: bytes) -> bytes:
    """A message in its frame; one that contains a framing byte raises `ValueError`."""
    if START in raw or END in raw:
        raise ValueError("message: expected no 0x0B and no 0x1C inside")
    return bytes((START,)) + raw + bytes((END, 0x0D))


class FrameReader:
    """Takes bytes as they come and gives back whole messages.

    Bytes before a start byte are left out and counted; a start byte inside a message means that the
    one before was cut off. An end byte may be followed by CR, LF, the next start byte, or nothing
    (`ended`: then `take_ended` gives the message once the sender has been silent). A message longer
    than `max_bytes` is given back one byte too long, so that its reader refuses it, and `overlong` is set.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._scanned = 0
        self.in_frame = False
        self.ended = False
        self.overlong = False
        self.stray_bytes = 0

    def feed(self, received: bytes) -> list[bytes | Trouble]:
        """What is complete after these bytes, in order."""
        self._buffer += received
        self.ended = False
        found: list[bytes | Trouble] = []
        while not self.overlong and self._step(found):
            pass
        return found

    def take_ended(self) -> bytes:
        """The message whose end byte came without the CR after it."""
        return self._take(len(self._buffer) - 1, len(self._buffer))

    def _step(self, found: list[bytes | Trouble]) -> bool:
        """One frame boundary further; `False` when more bytes are needed."""
        if not self.in_frame:
            return self._seek_start(found)
        end = self._buffer.find(END, self._scanned)
        start = self._buffer.find(START, self._scanned, end if end >= 0 else len(self._buffer))
        if start >= 0:
            found.append(Trouble(f"a message of {start} bytes was cut off by the next one"))
            self._drop(start + 1)
            return True
        if (end if end >= 0 else len(self._buffer)) > self._max_bytes:
            self.overlong = True
            found.append(self._take(self._max_bytes + 1, len(self._buffer)))
            return False
        if end < 0:
            self._scanned = len(self._buffer)
            return False
        return self._close_frame(end, found)

    def _seek_start(self, found: list[bytes | Trouble]) -> bool:
        start = self._buffer.find(START)
        stray = self._buffer[: start if start >= 0 else len(self._buffer)].strip(TAIL)
        if stray:
            self.stray_bytes += len(stray)
            found.append(Trouble(f"{len(stray)} bytes outside a message were left out"))
        if start < 0:
            self._drop(len(self._buffer))
            return False
        self._drop(start + 1)
        self.in_frame = True
        return True

    def _close_frame(self, end: int, found: list[bytes | Trouble]) -> bool:
        if end + 1 == len(self._buffer):
            self._scanned = end
            self.ended = True
            return False
        after = self._buffer[end + 1]
        if after in TAIL:
            found.append(self._take(end, end + 2))
        elif after == START:
            found.append(self._take(end, end + 1))
        else:  # an end byte inside the text: the whole is handed on, and refused by its reader
            self._scanned = end + 1
        return True

    def _take(self, end: int, dropped: int) -> bytes:
        message = bytes(self._buffer[:end])
        self._drop(dropped)
        self.in_frame = self.ended = False
        self.stray_bytes = 0
        return message

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._scanned = 0
