"""HL7 times: `YYYYMMDDHHMM[SS[.SSSS]][+ZZZZ]` to an instant, with the zone of the message or the device."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(
    r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:\.(\d{1,6}))?)?(?:([+-])(\d\d)(\d\d))?", re.ASCII
)


class BadTime(ValueError):
    """A time that can't be read; says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where times without a zone are read: the offset of MSH-7, else the device's zone.

    `near` settles the hour that a clock put back shows twice: the reading nearer to it is meant.
    """

    device: ZoneInfo
    message: tzinfo | None = None
    near: datetime | None = None


def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; an unknown one raises `BadTime`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadTime(f"zone: expected an IANA name such as America/Los_Angeles, not {name!r}") from None


def offset_of(text: str) -> tzinfo | None:
    """The offset a time carries, `None` where it carries none or can't be read."""
    match = _TIME.fullmatch(text.strip())
    try:
        return _offset(match) if match else None
    except ValueError:
        return None


def instant(text: str, zone: Zone) -> datetime:
    """An HL7 time as an instant in UTC; a time without hours and minutes is refused with `BadTime`."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise BadTime("expected a time as YYYYMMDDHHMM[SS[.SSSS]][+ZZZZ]")
    year, month, day, hour, minute = (int(part) for part in match.group(1, 2, 3, 4, 5))
    second, micro = int(match[6] or 0), int((match[7] or "0").ljust(6, "0"))
    try:
        wall = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
        return _placed(wall, _offset(match), zone)
    except (ValueError, OverflowError):
        raise BadTime("expected a time that exists") from None


def hl7_time(at: datetime) -> str:
    """An instant as HL7 writes it in UTC, to the millisecond."""
    if at.tzinfo is None:
        raise BadTime("expected an instant with a time zone")
    utc = at.astimezone(UTC)
    return f"{utc:%Y%m%d%H%M%S}.{utc.microsecond // 1000:03d}+0000"


def _offset(match: re.Match[str]) -> tzinfo | None:
    if match[8] is None:
        return None
    hours, minutes = int(match[9]), int(match[10])
    if hours > 14 or minutes > 59:
        raise ValueError("offset")
    return timezone((-1 if match[8] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _placed(wall: datetime, own: tzinfo | None, zone: Zone) -> datetime:
    fixed = own or zone.message
    if fixed is not None:
        return wall.replace(tzinfo=fixed).astimezone(UTC)
    first = wall.replace(tzinfo=zone.device).astimezone(UTC)
    second = wall.replace(tzinfo=zone.device, fold=1).astimezone(UTC)
    near = zone.near
    if near is None or first == second:
        return first
    return second if abs(second - near) < abs(first - near) else first
