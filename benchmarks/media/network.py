"""Homes of a few people: network namespaces behind one bridge, with lines that can be made poor.

Needs root. Each home has one address, and a line that is narrowed, made
lossy or cut in both directions, whoever is at the other end: the node or another home.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.media.addresses import run
from benchmarks.media.pages import PAGE

BRIDGE = "nsbench"
NETWORK = "10.76.0"
NODE_ADDRESS = f"{NETWORK}.1"
FIRST_HOME, MOVED = 10, 100
QUEUE = "burst 5000 latency 300ms"


class Home:
    """One home, its line and its browser."""

    def __init__(self, number: int) -> None:
        self.space = f"{BRIDGE}-{number}"
        self._far, self._near = f"nshome{number}", "line"
        self._address = f"{NETWORK}.{FIRST_HOME + number}"
        self._moved = f"{NETWORK}.{MOVED + number}"

    def build(self) -> None:
        """The namespace, and a pair of interfaces from the bridge into it."""
        run(f"ip netns add {self.space}")
        run(f"ip link add {self._far} type veth peer name {self._near} netns {self.space}")
        run(f"ip link set {self._far} master {BRIDGE} up")
        self._inside("ip link set lo up")
        self._inside(f"ip address add {self._address}/24 dev {self._near}")
        self._inside(f"ip link set {self._near} up")

    def clear(self) -> None:
        """Everything away."""
        run(f"ip netns delete {self.space}", check=False)
        run(f"ip link delete {self._far}", check=False)

    def narrow(self, kilobits: int) -> None:
        """So much each way and no more."""
        shape = f"root tbf rate {kilobits}kbit {QUEUE}"
        run(f"tc qdisc replace dev {self._far} {shape}")
        self._inside(f"tc qdisc replace dev {self._near} {shape}")

    def lose(self, share: float) -> None:
        """Lose this share of datagrams each way, at random."""
        for chain in ("INPUT", "OUTPUT"):
            chance = f"-m statistic --mode random --probability {share}"
            self._inside(f"iptables -A {chain} -p udp {chance} -j DROP")

    def cut(self) -> None:
        """Lose everything, without a word to the browser."""
        for chain in ("INPUT", "OUTPUT"):
            self._inside(f"iptables -I {chain} -p udp -j DROP")

    def mend(self) -> None:
        """No loss any more."""
        for chain in ("INPUT", "OUTPUT"):
            self._inside(f"iptables -F {chain}")

    def reach(self) -> None:
        """A second network, beside the one in use."""
        self._inside("sysctl -q net.ipv4.conf.all.promote_secondaries=1")
        self._inside(f"ip address add {self._moved}/24 dev {self._near}")

    def move(self) -> None:
        """The first network is gone; the second one stays."""
        self._inside(f"ip address delete {self._address}/24 dev {self._near}")

    def _inside(self, command: str) -> None:
        run(f"ip netns exec {self.space} {command}")


@contextmanager
def homes(count: int) -> Iterator[list[Home]]:
    """So many homes; raises PermissionError without root."""
    if os.geteuid() != 0:
        raise PermissionError("Network namespaces need root.")
    made = [Home(number) for number in range(count)]
    _clear(made)
    try:
        run(f"ip link add {BRIDGE} type bridge")
        run(f"ip address add {NODE_ADDRESS}/24 dev {BRIDGE}")
        run(f"ip link set {BRIDGE} up")
        for home in made:
            home.build()
        yield made
    finally:
        _clear(made)


def _clear(made: list[Home]) -> None:
    for home in made:
        home.clear()
    run(f"ip link delete {BRIDGE}", check=False)


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
