"""The listener over real sockets on this machine: answers after the handler, and leaves nothing hanging."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from chairside.gateway.frames import framed
from chairside.gateway.mllp import Handler, Limits, MllpServer
from chairside.gateway.sender import MllpClient, MllpFailed
from chairside.interop.hl7v2 import (
    MAX_MESSAGE_BYTES,
    Hl7Refused,
    VitalsMessage,
    acknowledge,
    read_message,
    vital_codes,
    write_vitals,
)

AT = datetime(2026, 11, 23, 18, 15, tzinfo=UTC)
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Bench:
    """A running listener with what its handler got and what it was told."""

    def __init__(self, answer: Handler | None = None, **limits: Any) -> None:
        self.got: list[bytes] = []
        self.notices: list[str] = []
        self._answer = answer
        self.server = MllpServer(
            self.handle, limits=Limits(**limits), notice=lambda _, sentence: self.notices.append(sentence)
        )

    async def handle(self, raw: bytes, peer: str) -> bytes:
        assert peer.startswith("127.0.0.1:")
        self.got.append(raw)
        return await self._answer(raw, peer) if self._answer else b"ack " + raw

    async def open(self) -> Streams:
        return await asyncio.open_connection("127.0.0.1", self.server.port)

    async def settled(self, done: Callable[[], bool]) -> None:
        for _ in range(400):
            if done():
                return
            await asyncio.sleep(0.005)
        raise AssertionError(f"not settled: {self.notices} {self.got}")


def run(test: Callable[[Bench], Awaitable[None]], answer: Handler | None = None, **limits: Any) -> Bench:
    async def whole() -> Bench:
        bench = Bench(answer, **limits)
        async with bench.server:
            await asyncio.wait_for(test(bench), 20)
        assert bench.server.connections == 0
        return bench

    return asyncio.run(whole())


def test_each_byte_in_its_own_packet_is_still_one_message() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        for byte in framed("Zoë".encode()):
            writer.write(bytes((byte,)))
            await writer.drain()
        assert await reader.readuntil(b"\r") == framed(b"ack " + "Zoë".encode())
        writer.close()

    assert run(test).got == ["Zoë".encode()]


def test_several_messages_in_one_packet_are_answered_one_after_the_other() -> None:
    working = 0

    async def slowly(raw: bytes, peer: str) -> bytes:
        nonlocal working
        working += 1
        assert working == 1
        await asyncio.sleep(0.01)
        working -= 1
        return raw.upper()

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(framed(b"one") + framed(b"two") + b"\x0bthr")
        assert await reader.readuntil(b"\r") == framed(b"ONE")
        assert await reader.readuntil(b"\r") == framed(b"TWO")
        writer.write(b"ee\x1c\r")
        assert await reader.readuntil(b"\r") == framed(b"THREE")
        writer.close()

    run(test, slowly)


def test_nothing_is_answered_before_the_handler_is_done() -> None:
    committed = asyncio.Event()

    async def commits(raw: bytes, peer: str) -> bytes:
        await committed.wait()
        return b"ack"

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(framed(b"one"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(1), 0.05)
        committed.set()
        assert await reader.readuntil(b"\r") == framed(b"ack")
        writer.close()

    run(test, commits)


def test_a_handler_that_fails_answers_nothing_and_the_sender_is_cut_off() -> None:
    async def fails(raw: bytes, peer: str) -> bytes:
        raise RuntimeError("Maria Munoz, MRN 7")

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(framed(b"one"))
        assert await reader.read() == b""
        writer.close()

    assert run(test, fails).notices == ["a message was not taken in (RuntimeError), so it was not answered"]


def test_an_empty_answer_is_not_sent() -> None:
    async def silent(raw: bytes, peer: str) -> bytes:
        return b"" if raw == b"ACK" else b"ack"

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(framed(b"ACK") + framed(b"ORU"))
        assert await reader.readuntil(b"\r") == framed(b"ack")
        writer.close()

    run(test, silent)


@pytest.mark.parametrize("after", [b"", b"\n"])
def test_a_wrong_terminator_does_not_hang_the_sender(after: bytes) -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"\x0bone\x1c" + after)
        assert await reader.readuntil(b"\r") == framed(b"ack one")
        writer.close()

    run(test, terminator_s=0.05)


def test_a_message_that_lacks_only_its_last_byte_counts_when_the_sender_hangs_up() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"\x0bone\x1c")
        writer.write_eof()
        assert await reader.read() == framed(b"ack one")
        writer.close()

    run(test, terminator_s=5.0)


def test_half_a_message_when_the_sender_hangs_up_is_told() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"\x0bone")
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()

    bench = run(test)
    assert (bench.got, bench.notices) == ([], ["the connection ended inside a message"])


def test_one_byte_at_a_time_does_not_keep_half_a_message_open() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"\x0b")
        while bench.server.connections or not bench.notices:
            writer.write(b"x")
            await asyncio.sleep(0.02)
        assert await reader.read() == b""
        writer.close()

    assert run(test, half_message_s=0.2).notices == ["half a message for 0.2 s, the connection was closed"]


def test_a_peer_that_never_says_anything_is_closed() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        assert await reader.read() == b""
        writer.close()

    assert run(test, first_message_s=0.1).notices == ["no message for 0.1 s, the connection was closed"]


def test_a_monitor_may_be_silent_between_its_messages() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        for _ in range(3):
            writer.write(framed(b"one"))
            assert await reader.readuntil(b"\r")
            await asyncio.sleep(0.15)
        writer.close()

    assert run(test, first_message_s=0.1, half_message_s=0.1).notices == []


def test_a_slow_handler_does_not_count_against_the_next_half_message() -> None:
    async def slowly(raw: bytes, peer: str) -> bytes:
        await asyncio.sleep(0.3)
        return raw

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(framed(b"one") + b"\x0btw")
        assert await reader.readuntil(b"\r") == framed(b"one")
        await asyncio.sleep(0.05)
        writer.write(b"o\x1c\r")
        assert await reader.readuntil(b"\r") == framed(b"two")
        writer.close()

    run(test, slowly, half_message_s=0.2)


def test_too_much_that_is_no_message_ends_the_connection() -> None:
    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"x" * 70_000)
        assert await reader.read() == b""
        writer.close()
        reader, writer = await bench.open()
        writer.write(b"\x0b" * 1_000)
        assert await reader.read() == b""
        writer.close()

    notices = run(test).notices
    assert notices.count("too much that is no message, the connection was closed") == 2
    assert len(notices) < 60


def test_a_message_that_is_too_long_is_answered_by_its_reader_and_the_connection_ends() -> None:
    async def refuses(raw: bytes, peer: str) -> bytes:
        return b"too long" if len(raw) > MAX_MESSAGE_BYTES else b"ack"

    async def test(bench: Bench) -> None:
        reader, writer = await bench.open()
        writer.write(b"\x0b" + b"x" * (MAX_MESSAGE_BYTES + 1))
        assert await reader.readuntil(b"\r") == framed(b"too long")
        assert await reader.read() == b""
        writer.close()

    bench = run(test, refuses)
    assert bench.notices == ["a message was too long, the connection was closed"]


def test_one_host_can_not_take_all_places_for_good() -> None:
    async def test(bench: Bench) -> None:
        kept = [await bench.open() for _ in range(2)]
        await bench.settled(lambda: bench.server.connections == 2)
        reader, writer = await bench.open()
        assert await reader.read() == b""
        writer.close()
        kept[0][1].close()
        await bench.settled(lambda: bench.server.connections == 1)
        reader, writer = await bench.open()
        writer.write(framed(b"one"))
        assert await reader.readuntil(b"\r") == framed(b"ack one")
        writer.close()
        kept[1][1].close()

    assert run(test, connections_per_host=2).notices[0] == "too many connections, this one was closed"


def test_a_peer_that_reads_no_answers_is_closed() -> None:
    async def much(raw: bytes, peer: str) -> bytes:
        return b"x" * 900_000

    async def test(bench: Bench) -> None:
        _, writer = await bench.open()
        for _ in range(40):
            writer.write(framed(b"one"))
        await bench.settled(lambda: bench.server.connections == 0 and bool(bench.got))
        writer.close()

    assert run(test, much, answer_s=0.2).notices == ["the connection broke off (TimeoutError)"]


def test_closing_lets_a_commit_end_and_be_answered_and_takes_nothing_more() -> None:
    async def whole() -> None:
        begun, committed = asyncio.Event(), []

        async def commits(raw: bytes, peer: str) -> bytes:
            begun.set()
            await asyncio.sleep(0.1)
            committed.append(raw)
            return b"ack " + raw

        bench = Bench(commits)
        await bench.server.start()
        port = bench.server.port
        reader, writer = await bench.open()
        idle_reader, idle_writer = await bench.open()
        writer.write(framed(b"one") + framed(b"two"))
        await begun.wait()
        await bench.server.close()
        assert await reader.read() == framed(b"ack one")
        assert await idle_reader.read() == b""
        assert committed == [b"one"]
        for one in (writer, idle_writer):
            one.close()
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", port)

    asyncio.run(whole())


def test_twenty_monitors_send_at_once_and_each_gets_its_own_answers() -> None:
    async def test(bench: Bench) -> None:
        async def monitor(number: int) -> None:
            async with MllpClient("127.0.0.1", bench.server.port) as client:
                for count in range(20):
                    assert await client.send(b"%d %d" % (number, count)) == b"ack %d %d" % (number, count)

        await asyncio.gather(*(monitor(number) for number in range(20)))

    assert len(run(test).got) == 400


def test_the_client_says_in_one_sentence_what_went_wrong() -> None:
    async def never(raw: bytes, peer: str) -> bytes:
        await asyncio.sleep(0.5)
        return b"late"

    async def test(bench: Bench) -> None:
        client = MllpClient("127.0.0.1", bench.server.port, timeout_s=0.1)
        with pytest.raises(MllpFailed, match="not connected"):
            await client.send(b"one")
        async with client:
            with pytest.raises(MllpFailed, match=r"within 0\.1 s"):
                await client.send(b"one")

    run(test, never)

    async def nobody() -> None:
        with pytest.raises(MllpFailed, match=r"no HL7 listener answers at .* port 1"):
            await MllpClient("127.0.0.1", 1, timeout_s=2.0).connect()

    asyncio.run(nobody())


def test_vital_signs_go_out_and_come_in_as_messages_and_the_rest_is_refused() -> None:
    codes = vital_codes()

    async def takes_in(raw: bytes, peer: str) -> bytes:
        try:
            message: Any = read_message(raw, codes=codes, zone="UTC")
        except Hl7Refused as refused:
            message = refused
        return acknowledge(message, at=AT, control_id="A1")

    async def test(bench: Bench) -> None:
        async with MllpClient("127.0.0.1", bench.server.port) as client:
            vitals = VitalsMessage(
                control_id="R1", device="replay", sent_at=AT, observed_at=AT, values={"spo2_percent": 88.2}
            )
            assert b"MSA|CA|R1\r" in await client.send(write_vitals(vitals, codes=codes))
            assert b"MSA|AE||MSH" in await client.send(b"nonsense")

    run(test, takes_in)
