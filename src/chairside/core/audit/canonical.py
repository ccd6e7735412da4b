"""One value, one string of bytes: what is chained, hashed and signed."""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any


class NotCanonical(ValueError):
    """A value that has no canonical bytes; `field` is the path to it, `expected` what could stand there."""

    def __init__(self, field: str, expected: str) -> None:
        super().__init__(f"{field}: expected {expected}")
        self.field = field
        self.expected = expected


def canonical_bytes(value: object) -> bytes:
    """The value as UTF-8 JSON with sorted keys and no spaces; equal values give equal bytes.

    Takes mappings with text keys, lists, tuples, text, whole numbers, finite floats, booleans and
    None. Refuses everything else with `NotCanonical`: a time must already be text.
    """
    document = json.dumps(
        _plain(value, "value"), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return document.encode()


def content_digest(raw: bytes) -> str:
    """SHA-256 of the bytes, in lower-case hexadecimal."""
    return hashlib.sha256(raw).hexdigest()


def _plain(value: object, path: str) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _finite(value, path)
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, Mapping):
        return {_key(key, path): _plain(each, f"{path}.{key}") for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{path}[{index}]") for index, each in enumerate(value)]
    raise NotCanonical(
        path, f"text, a number, true, false, nothing, a list or a mapping, not {type(value).__name__}"
    )


def _finite(value: float, path: str) -> float:
    if math.isfinite(value):
        return value
    raise NotCanonical(path, f"a finite number, not {'NaN' if math.isnan(value) else 'infinity'}")


def _text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise NotCanonical(path, "text that can be written as UTF-8, not half of a surrogate pair") from error
    return value


def _key(key: object, path: str) -> str:
    if isinstance(key, str):
        return _text(key, path)
    raise NotCanonical(path, f"keys that are text, not {type(key).__name__}")
