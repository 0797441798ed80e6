"""Packets of one picture travel together, and arrive as if they had not."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.media.wires import batched, open_wire
from app.media.wires.outgoing import MOST_JOINED

UDP_GRO, SO_NO_CHECK = 104, 11


@pytest.fixture(params=["127.0.0.1", "0.0.0.0", "::"])  # noqa: S104 - every address of the machine
def wire(request):
    opened = open_wire(request.param, 0, batched=True)
    yield opened
    opened.close()


@pytest.fixture
def people():
    """Three browsers' sockets."""
    made = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
    for one in made:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        one.bind(("127.0.0.1", 0))
        one.settimeout(5)
    yield made
    for one in made:
        one.close()


def destinations(wire, people):
    found = []
    for one in people:
        one.sendto(b"hello", ("127.0.0.1", wire.port))
        while not wire.receive():
            continue
        found.append(wire.destination(wire.sources[0]))
    return found


def send(wire, to, sizes):
    """Packets of these sizes, numbered from 0 in their first byte."""
    for number, size in enumerate(sizes):
        buffer = wire.take()
        buffer.view[:size] = bytes([number]) * size
        wire.put(buffer, size, to)


def as_sent(one, sizes):
    return [one.recv(2000) for _ in sizes] == [
        bytes([number]) * size for number, size in enumerate(sizes)
    ]


@given(st.lists(st.sampled_from([1, 90, 1100, 1101, 1352]), min_size=1, max_size=90))
@settings(max_examples=40, deadline=None)
def test_all_sizes_arrive_each_by_itself_and_in_order(sizes):
    wire = open_wire("127.0.0.1", 0, batched=True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        one.bind(("127.0.0.1", 0))
        one.settimeout(5)
        (to,) = destinations(wire, [one])
        send(wire, to, sizes)
        wire.flush()
        assert as_sent(one, sizes)
    wire.close()


def test_each_browser_gets_its_own_however_they_are_mixed(wire, people):
    ways = destinations(wire, people)
    for number in range(60):
        for at, to in enumerate(ways):
            buffer = wire.take()
            buffer.view[:1000] = bytes([number, at]) * 500
            wire.put(buffer, 1000, to)
    wire.flush()
    for at, one in enumerate(people):
        assert [one.recv(2000)[:2] for _ in range(60)] == [bytes([n, at]) for n in range(60)]


def test_packets_alike_travel_as_one_with_a_shorter_one_last(wire, people):
    (to,) = destinations(wire, people[:1])
    people[0].setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    send(wire, to, [1100] * 4 + [130, 1100, 1200])
    wire.flush()
    assert [len(people[0].recv(60_000)) for _ in range(3)] == [4 * 1100 + 130, 1100, 1200]


def test_no_more_travel_together_than_a_datagram_holds(wire, people):
    (to,) = destinations(wire, people[:1])
    send(wire, to, [1352] * 2 * MOST_JOINED)
    wire.flush()
    assert as_sent(people[0], [1352] * 2 * MOST_JOINED)
    assert wire.unsent == 0


def test_where_nothing_can_be_joined_each_goes_alone(wire, people):
    ways = destinations(wire, people)
    # What has no checksum the system does not cut.
    wire._socket.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    for to, count in zip(ways, (3, 1, 2), strict=True):
        send(wire, to, [700] * count)
    wire.flush()
    assert [as_sent(one, [700] * n) for one, n in zip(people, (3, 1, 2), strict=True)] == [True] * 3
    assert [to.joins for to in ways] == [False, True, False]
    assert wire.unsent == 0


def test_what_is_out_of_reach_is_counted_and_costs_no_other(wire, people):
    gone = destinations(wire, people[:1])[0]
    to = destinations(wire, people[1:2])[0]
    # A name of no family that a socket could send to.
    batched.ffi.memmove(batched.ffi.cast("void *", gone.name), b"\xff\xff", 2)
    send(wire, gone, [500] * 3)
    send(wire, to, [400, 400])
    wire.flush()
    assert as_sent(people[1], [400, 400])
    assert (wire.unsent, gone.joins) == (3, True)
