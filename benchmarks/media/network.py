"""Homes of a few people: network namespaces on one street, with lines that can be made poor.

Needs root. Each home has an address and a line that is narrowed, made lossy or cut in both
directions, whoever is at the other end: the node or another home. Packets are lost on the street,
a namespace that forwards between all of them, so neither side's system hears of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.media.addresses import run
from benchmarks.media.pages import PAGE

STREET, OUT = "nsstreet", "nsout"
NETWORK = "10.76"
NODE_ADDRESS, STREET_ADDRESS = f"{NETWORK}.255.1", f"{NETWORK}.255.254"
NEAR = "line"
OTHERS = 100
QUEUE = "burst 5000 latency 300ms"


class Home:
    """One home and its line."""

    def __init__(self, number: int) -> None:
        self.space = self._far = f"nshome{number}"
        self._nets = [f"{NETWORK}.{number}", f"{NETWORK}.{number + OTHERS}"]

    def build(self) -> None:
        """The namespace, and a pair of interfaces from the street into it."""
        run(f"ip netns add {self.space}")
        self._inside("ip link set lo up")
        self._lay(NEAR, self._nets[0])

    def _lay(self, near: str, net: str) -> None:
        far = self.space + near[len(NEAR) :]
        run(f"ip -n {STREET} link add {far} type veth peer name {near} netns {self.space}")
        street(f"ip address add {net}.1/24 dev {far}")
        street(f"ip link set {far} up")
        self._inside(f"ip address add {net}.2/24 dev {near}")
        self._inside(f"ip link set {near} up")
        self._inside(f"ip route append default via {net}.1 dev {near}")

    def clear(self) -> None:
        """Everything away."""
        run(f"ip netns delete {self.space}", check=False)

    def narrow(self, kilobits: int) -> None:
        """So much each way and no more."""
        shape = f"root tbf rate {kilobits}kbit {QUEUE}"
        street(f"tc qdisc replace dev {self._far} {shape}")
        self._inside(f"tc qdisc replace dev {NEAR} {shape}")

    def lose(self, share: float) -> None:
        """Lose this share of datagrams each way, at random; 1 is all of them."""
        chance = f"-m statistic --mode random --probability {share}" if share < 1 else ""
        for way in ("-i", "-o"):
            street(f"iptables -A FORWARD {way} {self._far} -p udp {chance} -j DROP")

    def mend(self) -> None:
        """A whole line again; of others' losses too."""
        street("iptables -F FORWARD")

    def reach(self) -> None:
        """Another network has come within reach, beside the one in use."""
        self._inside(f"ip link delete {NEAR}b", check=False)
        self._lay(f"{NEAR}b", self._nets[1])

    def move(self) -> None:
        """The first network is gone; the other one stays."""
        self._inside(f"ip link delete {NEAR}")

    def settle(self) -> None:
        """The first network as it was, and no other."""
        for near in (NEAR, f"{NEAR}b"):
            self._inside(f"ip link delete {near}", check=False)
        self._lay(NEAR, self._nets[0])

    def _inside(self, command: str, *, check: bool = True) -> None:
        run(f"ip netns exec {self.space} {command}", check=check)


def street(command: str) -> None:
    """One command between the homes."""
    run(f"ip netns exec {STREET} {command}")


@contextmanager
def homes(count: int) -> Iterator[list[Home]]:
    """So many homes; raises PermissionError without root."""
    if os.geteuid() != 0:
        raise PermissionError("Network namespaces need root.")
    made = [Home(number) for number in range(count)]
    _clear(made)
    try:
        run(f"ip netns add {STREET}")
        run(f"ip link add {OUT} type veth peer name {OUT} netns {STREET}")
        run(f"ip address add {NODE_ADDRESS}/24 dev {OUT}")
        # As a card does: cut before the street, where whole pictures would be lost as one.
        run(f"ip link set {OUT} up gso_max_segs 1")
        street(f"ip address add {STREET_ADDRESS}/24 dev {OUT}")
        street(f"ip link set {OUT} up")
        street("sysctl -q net.ipv4.ip_forward=1")
        run(f"ip route add {NETWORK}.0.0/16 via {STREET_ADDRESS}")
        for home in made:
            home.build()
        yield made
    finally:
        _clear(made)


def _clear(made: list[Home]) -> None:
    for home in made:
        home.clear()
    run(f"ip netns delete {STREET}", check=False)
    run(f"ip link delete {OUT}", check=False)


def opened(browser: Browser) -> Page:
    """The bare page with its camera on; the page itself does not travel over the line."""
    context = browser.new_context(permissions=["camera", "microphone"])
    page = context.new_page()
    page.route("http://localhost/**", lambda route: route.fulfill(path=_file(route.request.url)))
    page.goto("http://localhost/call.html")
    page.evaluate("camera()")
    return page


def _file(url: str) -> Path:
    return PAGE / url.rsplit("/", 1)[1]


def closed(*pages: Page) -> None:
    """Leave the calls."""
    for page in pages:
        with suppress(Exception):
            page.context.close()
