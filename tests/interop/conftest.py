"""A good message that tests bend, and the case files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from chairside.interop.hl7v2 import Codes, vital_codes

SPEC = Path(__file__).resolve().parents[1] / "spec" / "hl7v2"

GOOD = (
    "MSH|^~\\&|MONITOR|BEDS|CHAIRSIDE||20261123101500-0800||ORU^R01^ORU_R01|MSG1|P|2.6|||AL|NE||"
    "UNICODE UTF-8\r"
    "PID|||MRN7^^^CLINIC&1.2&ISO^MR~E9^^^OTHER^PI||Muñoz^Zoë\r"
    "PV1||O|UNIT^ROOM^CHAIR-3^CLINIC\r"
    "OBR|1|PLACER|FILLER9^GW|182777000^monitoring of patient^SCT|||20261123101500-0800\r"
    "OBX|1|NM|147842^MDC_ECG_HEART_RATE^MDC|1.1.1.147842|72|264864^MDC_DIM_BEAT_PER_MIN^MDC|||||R\r"
    "OBX|2|NM|150456^MDC_PULS_OXIM_SAT_O2^MDC|1.2.1.150456|97|262688^MDC_DIM_PERCENT^MDC|||||R\r"
)


def cases(name: str) -> list[Any]:
    """The cases of one file, each under its title."""
    found = tomllib.loads((SPEC / f"{name}.toml").read_text("utf-8"))["case"]
    return [pytest.param(case, id=case["title"]) for case in found]


def bent(find: str, put: str) -> bytes:
    """The good message with one text replaced by another; the text must stand in it."""
    assert find in GOOD
    return GOOD.replace(find, put).encode("utf-8")


def with_obx(*lines: str) -> bytes:
    """The good message with these observations instead of its own."""
    head = GOOD[: GOOD.index("OBX|1")]
    return (head + "".join(f"{line}\r" for line in lines)).encode("utf-8")


@pytest.fixture(scope="session")
def codes() -> Codes:
    """The code table of this version."""
    return vital_codes()
