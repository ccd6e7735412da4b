"""How a message that was sent twice is told from two messages."""

import hashlib
from dataclasses import dataclass

from chairside.interop.hl7v2.read import OruMessage
from chairside.interop.hl7v2.times import hl7_time


@dataclass(frozen=True, slots=True)
class MessageKey:
    """`key` names the message, `body_sha256` what it says.

    Same key and same body: the same message again, answered as before and not stored again. Same key
    and another body: a conflict to store, flag and answer with AE.
    """

    key: str
    body_sha256: str


def message_key(message: OruMessage, *, device: str) -> MessageKey:
    """The key of a message from this device: MSH-10, OBR-3 and observation time, as a digest.

    MSH-10 alone is not enough: some monitors send the same one for ever.
    """
    parts = (device, message.control_id, message.filler_order, hl7_time(message.observed_at))
    named = "".join(f"{len(part)}:{part}" for part in parts)
    return MessageKey(hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest(), message.body_sha256)
