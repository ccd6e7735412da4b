"""The acknowledgement of a message, in the mode its MSH-15 and MSH-16 ask for."""

import re
from datetime import datetime

from chairside.interop.hl7v2.read import OruMessage
from chairside.interop.hl7v2.refusal import Header, Hl7Refused
from chairside.interop.hl7v2.syntax import Separators, separators_of
from chairside.interop.hl7v2.times import hl7_time

_CONDITIONS = frozenset({"AL", "NE", "ER", "SU"})
_WITH_ERR_LOCATION = re.compile(r"2\.(?:[5-9])")


def acknowledge(
    message: OruMessage | Hl7Refused, *, at: datetime, control_id: str, sender: str = "CHAIRSIDE"
) -> bytes:
    """The answer to send, or nothing where the sender wants none or sent an answer itself.

    MSH-15 and MSH-16 both empty: AA, AE or AR. MSH-15 asks: CA, CE or CR. Only MSH-16 asks: AA, AE or AR.
    Where both ask, the commit level answers, because here a message is committed and integrated at once.
    A positive answer may leave only after the message is on disk.
    """
    refused = message if isinstance(message, Hl7Refused) else None
    header = message.header or Header()
    level = _level(header, refused=refused is not None)
    if header.is_acknowledgement or not level:
        return b""
    code = level + (refused.ack_code[1] if refused else "A")
    marks = separators_of(header)
    separators = marks or Separators()
    if marks is None:
        header = Header(control_id=separators.escaped(_plain(header.control_id)), version="2.6")
    lines = [
        _msh(header, separators, at=at, control_id=control_id, sender=sender),
        _msa(header, separators, code=code, refused=refused),
    ]
    if refused and _WITH_ERR_LOCATION.match(header.version):
        lines.append(_err(refused, separators))
    return "".join(f"{line}\r" for line in lines).encode("latin-1", "replace")


def _level(header: Header, *, refused: bool) -> str:
    """`C` commit level, `A` application level, or nothing."""
    if not header.accept_ack and not header.application_ack:
        return "A"
    wanted = {"AL", "ER"} if refused else {"AL", "SU"}
    if header.accept_ack in wanted:
        return "C"
    if header.application_ack in wanted:
        return "A"
    asked = {header.accept_ack, header.application_ack} - {""}
    return "" if asked <= _CONDITIONS else "A"


def _msh(header: Header, separators: Separators, *, at: datetime, control_id: str, sender: str) -> str:
    component = separators.component
    trigger = header.message_type.split(component)[1:2]
    kind = component.join(["ACK", *trigger, "ACK"]) if trigger and trigger[0] else "ACK"
    fields = [
        "MSH",
        header.encoding,
        header.receiving_application or separators.escaped(_plain(sender)),
        header.receiving_facility,
        header.sending_application,
        header.sending_facility,
        hl7_time(at),
        "",
        kind,
        separators.escaped(_plain(control_id)),
        header.processing_id or "P",
        header.version or "2.6",
    ]
    if header.charset:
        fields += ["", "", "", "", "", header.charset]
    return separators.field.join(fields)


def _msa(header: Header, separators: Separators, *, code: str, refused: Hl7Refused | None) -> str:
    fields = ["MSA", code, header.control_id]
    if refused:
        fields.append(separators.escaped(_plain(str(refused))[:200]))
    return separators.field.join(fields)


def _err(refused: Hl7Refused, separators: Separators) -> str:
    place = refused.field.split("-") if re.fullmatch(r"[A-Z0-9]{3}-\d+", refused.field) else []
    location = separators.component.join([place[0], "1", place[1]]) if place else ""
    said = separators.escaped(_plain(refused.reason))
    return separators.field.join(["ERR", "", location, str(refused.error), "E", "", "", "", said])


def _plain(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii")
