"""From bytes to segments, fields and components: encoding, line ends, separators and escapes.

Nothing here knows what a segment means. Whatever can't be read raises `Hl7Refused`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from chairside.interop.hl7v2.refusal import AckCode, Header, Hl7Refused

MAX_MESSAGE_BYTES = 1_048_576
MAX_SEGMENTS = 4_000

_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}", re.ASCII)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LATIN = re.compile(r"(?:8859/|ISO[-_ ]?8859[-_/])(\d{1,2})", re.ASCII)
_ESCAPE_NAMES = "FSRET"


@dataclass(frozen=True, slots=True)
class Separators:
    """The five characters that give an HL7 message its shape."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"

    def unescape(self, text: str) -> str:
        """The text an escaped field stands for; a sequence that means no separator stays as sent."""
        if self.escape not in text:
            return text
        meant = dict(
            zip(
                _ESCAPE_NAMES,
                (self.field, self.component, self.repetition, self.escape, self.subcomponent),
                strict=True,
            )
        )
        mark = re.escape(self.escape)
        return re.sub(f"{mark}([{_ESCAPE_NAMES}]){mark}", lambda match: meant[match[1]], text)

    def escaped(self, text: str) -> str:
        """A text made safe to stand inside a field; line ends become spaces."""
        flat = " ".join(text.split())
        marks = zip(
            _ESCAPE_NAMES,
            (self.field, self.component, self.repetition, self.escape, self.subcomponent),
            strict=True,
        )
        names = {mark: f"{self.escape}{name}{self.escape}" for name, mark in marks}
        return "".join(names.get(letter, letter) for letter in flat)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment: `fields[n]` is field n as sent, `fields[0]` the segment's name."""

    name: str
    fields: Sequence[str]
    separators: Separators
    line: int
    terminated: bool = True

    def field(self, number: int) -> str:
        """A field as sent, without surrounding blanks; empty where the segment is shorter."""
        return self.fields[number].strip() if number < len(self.fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """The repetitions of a field; none where it is empty."""
        field = self.field(number)
        return field.split(self.separators.repetition) if field else []

    def components(self, text: str) -> list[str]:
        """The components of one repetition, unescaped, with at least six places to look at."""
        parts = [self.separators.unescape(part).strip() for part in text.split(self.separators.component)]
        return parts + [""] * (6 - len(parts))


def checked_header(raw: bytes) -> Header:
    """The header of bytes that can be a message: not empty, not too long, without control characters."""
    if len(raw) > MAX_MESSAGE_BYTES:
        header = read_header(raw[:4096])
        raise Hl7Refused("AR", f"the message is longer than {MAX_MESSAGE_BYTES} bytes", header=header)
    if not raw.strip():
        raise Hl7Refused("AE", "the message is empty", field="MSH", error=100)
    header = read_header(raw)
    if header is None:
        raise Hl7Refused(
            "AE", "expected a message that begins with MSH and its separators", field="MSH", error=100
        )
    control = _CONTROL.search(raw)
    if control:
        _refuse(
            header, "AE", f"byte {control.start() + 1} is the control character 0x{control[0].hex().upper()}"
        )
    return header


def read_header(raw: bytes) -> Header | None:
    """The MSH segment of any bytes, read leniently so that a refusal can be addressed; `None` without one."""
    start = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")
    line = re.split(rb"[\r\n]", start[:65536], maxsplit=1)[0].decode("latin-1")
    if not line.startswith("MSH") or len(line) < 5 or line[3].isalnum() or line[3].isspace():
        return None
    separator = line[3]
    found = line.split(separator)

    def field(number: int) -> str:
        text = found[number - 1] if number <= len(found) else ""
        return "".join(letter for letter in text[:250].strip(" \t") if letter >= " " and letter != "\x7f")

    return Header(
        separator=separator,
        encoding=field(2),
        sending_application=field(3),
        sending_facility=field(4),
        receiving_application=field(5),
        receiving_facility=field(6),
        sent_at=field(7),
        message_type=field(9),
        control_id=field(10),
        processing_id=field(11),
        version=field(12),
        accept_ack=field(15).upper(),
        application_ack=field(16).upper(),
        charset=field(18),
    )


def separators_of(header: Header) -> Separators | None:
    """The separators a header declares, or `None` where they can't be told apart."""
    marks = header.separator + header.encoding
    distinct = len(set(marks)) == len(marks)
    printable = all("!" <= mark <= "~" and not mark.isalnum() for mark in marks)
    if len(marks) not in {5, 6} or not distinct or not printable:
        return None
    return Separators(*marks[:5])


def _refuse(header: Header, ack_code: AckCode, reason: str, *, field: str = "", error: int = 207) -> NoReturn:
    raise Hl7Refused(ack_code, reason, field=field, header=header, error=error)


def _codec(header: Header) -> str:
    """The Python name of the character set in MSH-18; UTF-8 where it says nothing."""
    named = re.split(r"[~^]", header.charset, maxsplit=1)[0].strip().upper()
    if named in {"", "UNICODE UTF-8", "UTF-8", "UTF8"}:
        return "utf-8"
    if named in {"ASCII", "US-ASCII"}:
        return "ascii"
    latin = _LATIN.fullmatch(named)
    if latin and int(latin[1]) in {1, 2, 3, 4, 5, 6, 7, 8, 9, 15}:
        return f"iso8859-{latin[1]}"
    return _refuse(
        header,
        "AR",
        "expected UNICODE UTF-8, ASCII or 8859/1 to 8859/9 or 8859/15",
        field="MSH-18",
        error=103,
    )


def read_segments(raw: bytes, header: Header) -> list[Segment]:
    """The segments of a message. CR, LF and CRLF all end a segment, also mixed."""
    codec = _codec(header)
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode(codec)
    except UnicodeDecodeError as error:
        named = header.charset or "UNICODE UTF-8, which an empty MSH-18 means"
        _refuse(
            header, "AE", f"byte {error.start + 1} does not fit the character set {named}", field="MSH-18"
        )
    separators = separators_of(header)
    if separators is None:
        _refuse(
            header,
            "AR",
            "expected four or five different encoding characters such as ^~\\&",
            field="MSH-2",
            error=102,
        )
    lines = text.replace("\r\n", "\r").replace("\n", "\r").split("\r")
    last = len(lines) - 1
    segments: list[Segment] = []
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if len(segments) >= MAX_SEGMENTS:
            _refuse(header, "AR", f"the message has more than {MAX_SEGMENTS} segments")
        fields = line.strip(" \t").split(separators.field) if not segments else line.split(separators.field)
        if not _SEGMENT_NAME.fullmatch(fields[0]):
            _refuse(
                header,
                "AE",
                "expected a segment: three letters and the field separator",
                field=f"line {number + 1}",
                error=100,
            )
        if fields[0] == "MSH":
            fields.insert(1, separators.field)
        segments.append(Segment(fields[0], fields, separators, number + 1, terminated=number < last))
    return segments
