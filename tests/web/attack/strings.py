"""What no honest person types, in an order that never changes."""

import json
from pathlib import Path

NUMBERS = (
    *("0", "-0", "-1", "+1", "00", "1e308", "1e-9", "NaN", "nan", "inf", "Infinity", "0x1F", "7O.2", "70,2"),
    *(
        "1,000.5",
        "1_000",
        "70.2.1",
        ".5",
        "5.",
        "9" * 40,
        "0." + "0" * 30 + "1",
        "٧٠",
        "７０",
        "²",
        "½",
        "70 kg",
    ),
    *("-100", "-999", "32767", "9O", "70\u00a0", "--1", "1/0", "true", "None", "null", "[]", "{}"),
)
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30", "10000-01-01", "1900-02-29", "14/03/2026", "23:59", "24:00")
WORDS = (
    *("\x1b[31m", "\r\n", "\n", "\u2028", "\u202eabc", "\ud7ff", "=1+1", "+1", "@SUM(A1)", "-1+1"),
    *(
        "a" * 5000,
        "<script>alert(1)</script>",
        "</textarea><b>",
        "{{ 7*7 }}{% now %}",
        "'; DROP TABLE x;--",
        "😀" * 400,
    ),
    *("../../etc/passwd", "é", "e\u0301", " ", "\t", "unknown", "yes", "|^~\\&", "A|B^C", "\ufeff70"),
)
MEGABYTE = "ä" * 500_000
WITH_NUL = "a\x00b"


def strings(shared: Path) -> list[str]:
    """Our own first, then the big list of naughty strings."""
    naughty = json.loads((shared / "data" / "strings" / "blns.json").read_text())
    return [*NUMBERS, *DAYS, *WORDS, *(each for each in naughty if each)]
