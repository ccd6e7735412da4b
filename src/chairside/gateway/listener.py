"""The HL7 v2 listener of a clinic: each message is committed, then acknowledged, and never the other way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from django.conf import settings

from chairside.accounts.models import Clinic
from chairside.actions.monitors import Received, receive
from chairside.charts.associations import Associations
from chairside.gateway.apart import Apart
from chairside.gateway.mllp import Limits, MllpServer
from chairside.interop.hl7v2 import Hl7Refused, acknowledge, read_header

NAME = "hl7-listener"
NOT_STORED = "the message could not be stored just now; send it again"


@asynccontextmanager
async def listening(*, host: str, port: int, limits: Limits | None = None) -> AsyncIterator[MllpServer]:
    """Listens while the block runs; `port` 0 is any, a port that is taken raises `OSError`.

    Messages are taken in one after another, in a thread of their own. Whatever fails there, a busy
    database too, is answered with AE and said in the log without its content.
    """
    associations = Associations()
    with Apart(NAME) as thread:

        async def answer(raw: bytes, peer: str) -> bytes:
            received = await thread.do(lambda: _taken_in(raw, peer, associations), "taking in a message")
            answered = received.answer if received else _not_stored(raw)
            control_id = settings.CHAIRSIDE_IDS.new()
            return acknowledge(answered, at=settings.CHAIRSIDE_CLOCK.now(), control_id=control_id)

        async with MllpServer(answer, host=host, port=port, limits=limits) as server:
            yield server


def _taken_in(raw: bytes, peer: str, associations: Associations) -> Received | None:
    """Without a clinic there is nowhere to keep anything, so nothing is taken."""
    clinic = Clinic.objects.order_by("pk").values_list("pk", flat=True).first()
    if clinic is None:
        return None
    at = settings.CHAIRSIDE_CLOCK.now()
    return receive(raw, clinic=clinic, peer=peer, associations=associations, by=NAME, at=at)


def _not_stored(raw: bytes) -> Hl7Refused:
    return Hl7Refused("AE", NOT_STORED, header=read_header(raw), error=207)
