"""Addresses for a crowd: a network of this machine's own, behind an interface that goes again.

Janus sends from the interface its candidate belongs to and never from the loopback one. So the
crowd's whole network is made local to one end of a pair of virtual interfaces, with the server's
address on the same end: what either sends reaches the other without leaving the machine.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

INTERFACE, OTHER_END = "nsbench0", "nsbench1"


@dataclass(frozen=True)
class Place:
    """Where a server listens, on which interface, and how the crowd's addresses begin."""

    server: str
    interface: str
    prefix: str


@contextmanager
def laid_out() -> Iterator[Place]:
    """The crowd's network; without root the loopback one, which serves the node but not Janus."""
    if os.geteuid() != 0:
        yield Place("127.0.0.1", "lo", "127.77")
        return
    _clear()
    try:
        run(f"ip link add {INTERFACE} type veth peer name {OTHER_END}")
        for end in (INTERFACE, OTHER_END):
            run(f"ip link set {end} up")
        run(f"ip address add 10.77.255.1/16 dev {INTERFACE}")
        run(f"ip route add local 10.77.0.0/16 dev {INTERFACE}")
        yield Place("10.77.255.1", INTERFACE, "10.77")
    finally:
        _clear()


def _clear() -> None:
    run(f"ip link delete {INTERFACE}", check=False)


def run(command: str, *, check: bool = True) -> None:
    """One command of the system's network tools."""
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"{command}: {done.stderr.strip()}")
