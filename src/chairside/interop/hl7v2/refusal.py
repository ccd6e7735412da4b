"""What a message says about itself, and how it is refused."""

from dataclasses import dataclass
from typing import Literal

AckCode = Literal["AE", "AR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The MSH segment as sent, field by field, read as ISO 8859-1 so that it is echoed byte for byte."""

    separator: str = "|"
    encoding: str = "^~\\&"
    sending_application: str = ""
    sending_facility: str = ""
    receiving_application: str = ""
    receiving_facility: str = ""
    sent_at: str = ""
    message_type: str = ""
    control_id: str = ""
    processing_id: str = ""
    version: str = ""
    accept_ack: str = ""
    application_ack: str = ""
    charset: str = ""

    @property
    def is_acknowledgement(self) -> bool:
        """Whether the message is itself an answer, which is never answered."""
        return self.parts(self.message_type)[0] == "ACK"

    def parts(self, text: str) -> list[str]:
        """The components of a header field."""
        return text.split(self.encoding[:1] or "^")


class Hl7Refused(ValueError):
    """A message that is not taken in: `AE` where sending again may help, `AR` where it never will.

    `reason` is one sentence for the person who looks after the monitor; `field` names where it went
    wrong (`MSH-12`, `OBX-14`, a line). It quotes no name and no record number.
    """

    def __init__(
        self,
        ack_code: AckCode,
        reason: str,
        *,
        field: str = "",
        header: Header | None = None,
        error: int = 207,
    ) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.ack_code: AckCode = ack_code
        self.reason = reason
        self.field = field
        self.header = header
        self.error = error
        """The number of HL7 table 0357 that comes nearest."""

    @property
    def control_id(self) -> str:
        """The sender's MSH-10, empty where it could not be read."""
        return self.header.control_id if self.header else ""
