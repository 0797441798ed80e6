"""Both kinds of wire keep the same promises."""

from __future__ import annotations

import select
import socket

import pytest

from app.media.wires import batched, open_wire
from app.media.wires.wire import BATCH, LARGEST, STRIDE


@pytest.fixture(params=[False, True], ids=["plain", "batched"])
def wire(request):
    opened = open_wire("127.0.0.1", 0, batched=request.param)
    yield opened
    opened.close()


@pytest.fixture
def stranger():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        made.bind(("127.0.0.1", 0))
        made.settimeout(5)
        yield made


def wait(wire):
    assert select.select([wire.fileno()], [], [], 5)[0]


def arrived(wire, count):
    found = []
    while len(found) < count:
        wait(wire)
        found += [
            (bytes(wire.buffers[at].view[: wire.sizes[at]]), wire.sources[at])
            for at in range(wire.receive())
        ]
    return found


def test_the_fast_wire_is_there_on_linux():
    assert batched.AVAILABLE


def test_datagrams_come_in_their_order_with_size_and_source(wire, stranger):
    sent = [bytes([number]) * (number + 1) for number in range(BATCH + 9)]
    for one in sent:
        stranger.sendto(one, ("127.0.0.1", wire.port))
    found = arrived(wire, len(sent))
    assert [packet for packet, _ in found] == sent
    assert {wire.host(source) for _, source in found} == {stranger.getsockname()}


def test_a_received_buffer_can_be_changed_and_sent_on(wire, stranger):
    stranger.sendto(b"question", ("127.0.0.1", wire.port))
    wait(wire)
    assert wire.receive() == 1
    wire.buffers[0].view[:6] = b"answer"
    wire.put(wire.buffers[0], 6, wire.destination(wire.sources[0]))
    wire.flush()
    assert stranger.recv(100) == b"answer"


def test_many_taken_buffers_all_go_out(wire, stranger):
    stranger.sendto(b"hello", ("127.0.0.1", wire.port))
    to = wire.destination(arrived(wire, 1)[0][1])
    # More than a wire lends at once, and no more than a socket holds unread.
    for first in (0, 260, 520):
        wanted = range(first, first + 260)
        for number in wanted:
            buffer = wire.take()
            buffer.view[:2] = number.to_bytes(2, "big")
            wire.put(buffer, 2, to)
        wire.flush()
        assert [int.from_bytes(stranger.recv(9), "big") for _ in wanted] == list(wanted)


def test_an_empty_datagram_is_one_of_no_bytes(wire, stranger):
    stranger.sendto(b"", ("127.0.0.1", wire.port))
    assert arrived(wire, 1)[0][0] == b""


def test_an_oversize_datagram_is_seen_to_be_too_large_and_harms_no_other(wire, stranger):
    stranger.sendto(b"x" * 9000, ("127.0.0.1", wire.port))
    stranger.sendto(b"fine", ("127.0.0.1", wire.port))
    first, second = arrived(wire, 2)
    assert LARGEST < len(first[0]) <= STRIDE
    assert second[0] == b"fine"


def test_nothing_waits_when_nothing_came(wire):
    assert wire.receive() == 0


def test_an_address_out_of_reach_costs_its_packet_and_no_other(wire, stranger):
    stranger.sendto(b"hello", ("127.0.0.1", wire.port))
    to = wire.destination(arrived(wire, 1)[0][1])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        gone.sendto(b"x", ("127.0.0.1", wire.port))
    nowhere = wire.destination(arrived(wire, 1)[0][1])
    for target in (nowhere, to, nowhere, to):
        buffer = wire.take()
        buffer.view[:2] = b"ok"
        wire.put(buffer, 2, target)
    wire.flush()
    assert [stranger.recv(9), stranger.recv(9)] == [b"ok", b"ok"]


def test_a_port_in_use_is_refused(wire):
    with pytest.raises(OSError, match="in use"):
        open_wire("127.0.0.1", wire.port)


@pytest.mark.parametrize("fast", [False, True])
def test_one_port_serves_both_families(fast):
    if not socket.has_dualstack_ipv6():
        assert not socket.has_dualstack_ipv6()
        return
    wire = open_wire("::", 0, batched=fast)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four:
            four.sendto(b"four", ("127.0.0.1", wire.port))
            packet, source = arrived(wire, 1)[0]
            assert (packet, wire.host(source)[0]) == (b"four", "127.0.0.1")
    finally:
        wire.close()


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "batched"])
@pytest.mark.parametrize("both", [False, True], ids=["one-family", "both-families"])
def test_an_answer_leaves_from_the_address_that_was_asked(monkeypatch, fast, both):
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: both)
    wire = open_wire("0.0.0.0", 0, batched=fast)  # noqa: S104 - every address is the point
    asked = ["127.0.0.2", "127.0.0.3", "127.0.0.1"]
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            one.settimeout(5)
            for address in asked:
                one.sendto(b"hello", (address, wire.port))
            found = arrived(wire, len(asked))
            # One who asks at two of our addresses is on two ways, each with its own answer.
            assert len({source for _, source in found}) == len(asked)
            assert {wire.host(source) for _, source in found} == {one.getsockname()}
            for _, source in found:
                buffer = wire.take()
                buffer.view[:6] = b"answer"
                wire.put(buffer, 6, wire.destination(source))
            wire.flush()
            heard = [one.recvfrom(100) for _ in asked]
        assert heard == [(b"answer", (address, wire.port)) for address in asked]
    finally:
        wire.close()


@pytest.mark.parametrize("fast", [False, True], ids=["plain", "batched"])
def test_over_the_newer_protocol_too(fast):
    wire = open_wire("::", 0, batched=fast)
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
            six.settimeout(5)
            six.sendto(b"six", ("::1", wire.port))
            packet, source = arrived(wire, 1)[0]
            wire.put(wire.buffers[0], 3, wire.destination(source))
            wire.flush()
            assert (packet, wire.host(source)[0]) == (b"six", "::1")
            assert six.recvfrom(9)[1][:2] == ("::1", wire.port)
    finally:
        wire.close()
