"""A bad internet line between a browser and the portal, made to order.

As root it is a real one: the browser lives in a network namespace of its own, behind a second that
plays the road to us, where packets are held back, lost or stopped. Both belong to a process under a
guard, so they are gone when the tests are, however those end. Elsewhere the browser plays the line.
"""

from __future__ import annotations

import ipaddress
import os
import subprocess
import time
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from playwright.sync_api import Page

from tests.support.companion import Companion

START_SECONDS = 10.0
# What waits in front of the narrow place before packets are thrown away, and what passes at once.
QUEUE, BURST = "300ms", "4kb"
_numbers = count()


class Space:
    """A network namespace without a name, which lives as long as the process that holds it."""

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        log = directory / f"space-{next(_numbers)}.log"
        holder = ["unshare", "--net", "sh", "-c", "echo $$; exec sleep infinity"]
        companion = Companion(holder, log)
        stack.callback(companion.stop)
        deadline = time.monotonic() + START_SECONDS
        while not (said := log.read_text().strip()).isdecimal():
            if not companion.running or time.monotonic() > deadline:
                raise RuntimeError(f"no network namespace: {said}")
            time.sleep(0.01)
        self.pid = int(said)
        self.run("ip", "link", "set", "lo", "up")

    @property
    def enter(self) -> list[str]:
        """What stands before a command that is to run in here."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net"]

    def run(self, *command: str) -> None:
        """Run a command in here."""
        _run(*self.enter, *command)


class Line:
    """One home, the road from it, and this machine at its end.

    `here` is our address, as it is reached from the home. Networks are numbered by the process, so
    that several runs on one machine do not meet.
    """

    def __init__(self, stack: ExitStack, directory: Path) -> None:
        self.home, self.road = Space(stack, directory), Space(stack, directory)
        number = next(_numbers)
        part = (os.getpid() * 8 + number) % (64 * 256 * 8)
        base = ipaddress.ip_address("10.128.0.0") + 32 * part
        self._gate, self._first, self._second = (str(base + at) for at in (1, 2, 3))
        self.here, self._end = str(base + 17), str(base + 18)
        self.ours = f"ns{os.getpid()}x{number}"
        _run(*_pair(self.ours), "name", "far", "netns", str(self.road.pid))
        stack.callback(self._let_go)
        self.road.run(*_pair("near"), "name", "wan", "netns", str(self.home.pid))
        for name, address in (("far", self._end), ("near", self._gate)):
            self.road.run("ip", "address", "add", f"{address}/28", "dev", name)
            self.road.run("ip", "link", "set", name, "up")
        self.road.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1")
        self.home.run("ip", "link", "set", "wan", "up")
        self._live_at(self._first)
        _run("ip", "address", "add", f"{self.here}/28", "dev", self.ours)
        _run("ip", "link", "set", self.ours, "up")
        _run("ip", "route", "add", f"{base}/28", "via", self._end)

    def behind(self, page: Page) -> None:
        """Nothing to do: whoever's browser runs at home is behind the line."""

    def program(self, program: Path, directory: Path) -> Path:
        """A program that is this one, run at home."""
        script = directory / f"home-{self.home.pid}"
        script.write_text(f'#!/bin/sh\nexec {" ".join(self.home.enter)} {program} "$@"\n')
        script.chmod(0o700)
        return script

    def narrow(self, kilobits: int) -> None:
        """Let so much through in a second, each way."""
        for name in ("far", "near"):
            shape = ["rate", f"{kilobits}kbit", "burst", BURST, "latency", QUEUE]
            self.road.run("tc", "qdisc", "replace", "dev", name, "root", "tbf", *shape)

    def lose(self, part: float) -> None:
        """Throw away this part of the packets, each way, by chance."""
        self._drop("-m", "statistic", "--mode", "random", "--probability", str(part))

    def cut(self) -> None:
        """Let nothing through."""
        self._drop()

    def stop_datagrams(self, *, but: int) -> None:
        """Let no datagram through but those of one port of ours."""
        for side in ("--dport", "--sport"):
            self.road.run(*_rule("ACCEPT"), "-p", "udp", side, str(but))
        self._drop("-p", "udp")

    def move(self) -> None:
        """Give the home another address in place of its own."""
        now = self._second if self._address == self._first else self._first
        self.home.run("ip", "address", "flush", "dev", "wan")
        self._live_at(now)

    def mend(self) -> None:
        """Make it a good line again."""
        self.road.run("iptables", "-F", "FORWARD")
        for name in ("far", "near"):
            self.road.run("tc", "qdisc", "replace", "dev", name, "root", "pfifo")

    def _drop(self, *which: str) -> None:
        self.road.run(*_rule("DROP"), *which)

    def _live_at(self, address: str) -> None:
        self._address = address
        self.home.run("ip", "address", "add", f"{address}/28", "dev", "wan")
        self.home.run("ip", "route", "replace", "default", "via", self._gate)

    def _let_go(self) -> None:
        # Sooner than the spaces, so that the address is free before the next line wants one.
        subprocess.run(["ip", "link", "delete", self.ours], check=False, capture_output=True)


def _pair(name: str) -> list[str]:
    return ["ip", "link", "add", name, "type", "veth", "peer"]


def _rule(act: str) -> list[str]:
    return ["iptables", "-w", "-A", "FORWARD", "-j", act]


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
