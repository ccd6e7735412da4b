"""The audit line every verb leaves in its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chairside.core.session.envelope import instant_text
from chairside.vault.chains import append_audit


def audit(
    *, clinic: str, verb: str, by: str, at: datetime, subject: str, detail: Mapping[str, Any] | None = None
) -> None:
    """Add one line: who (`by`, an opaque id) did what (`verb`) to what (`subject`, `kind:id`), and when.

    Call it inside the transaction of the change: both stand or neither does. `detail` holds ids,
    digests and reasons, never names or record numbers.
    """
    append_audit(
        clinic,
        {"verb": verb, "by": by, "at": instant_text(at), "subject": subject, "detail": dict(detail or {})},
    )
