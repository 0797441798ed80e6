"""What the tests need of the machine: browsers, a driver's library, a PostgreSQL server.

`python -m tests.support.packages` installs what is missing when it may, and otherwise says what to
install. Nothing is ever skipped for the lack of one.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
APT_SECONDS = 900


class Missing(RuntimeError):
    """The machine lacks a program; the message says how to get it."""


def chromium() -> Path:
    """The browser that the journeys drive."""
    for name in BROWSERS:
        if found := shutil.which(name):
            return Path(found)
    raise Missing("Chromium is not installed. On Debian: apt-get install chromium")


def firefox() -> Path:
    """The other browser that people call with."""
    if found := shutil.which("firefox-esr"):
        return Path(found)
    raise Missing("Firefox is not installed. On Debian: apt-get install firefox-esr")


def network_tools() -> None:
    """What makes a bad line, for whoever may make one."""
    absent = [name for name in ("ip", "tc", "iptables") if not shutil.which(name)]
    if absent and os.geteuid() == 0:
        raise Missing("On Debian: apt-get install iproute2 iptables")


def postgres_programs() -> Path:
    """The directory that holds `initdb` and `postgres`; Debian keeps it off the path."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[4]), default=None)
    on_path = shutil.which("initdb")
    if newest is None and on_path is None:
        raise Missing("A PostgreSQL server is not installed. On Debian: apt-get install postgresql")
    return newest.parent if newest else Path(on_path or "").resolve().parent


def driver_library() -> None:
    """A library that Playwright's own Node.js is linked with; a bare Debian lacks it."""
    try:
        ctypes.CDLL("libatomic.so.1")
    except OSError as error:
        raise Missing(
            "libatomic is not installed. On Debian: apt-get install libatomic1"
        ) from error


def turnserver() -> Path:
    """Through which calls go where a network lets nothing else through."""
    if found := shutil.which("turnserver"):
        return Path(found)
    raise Missing("A TURN server is not installed. On Debian: apt-get install coturn")


NEEDED: dict[str, Callable[[], object]] = {
    "chromium": chromium,
    "firefox-esr": firefox,
    "iptables": network_tools,
    "postgresql": postgres_programs,
    "libatomic1": driver_library,
    "coturn": turnserver,
}


def missing() -> list[str]:
    """Debian's names of what is not there."""
    return [package for package, find in NEEDED.items() if not _found(find)]


def _found(find: Callable[[], object]) -> bool:
    try:
        find()
    except Missing:
        return False
    return True


def install(packages: list[str]) -> None:
    """Install Debian packages without a question."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=APT_SECONDS,
            check=False,
        )
        if done.returncode:
            raise Missing(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Install or explain; the exit status says whether the tests can run."""
    absent = missing()
    if not absent:
        return 0
    wish = f"apt-get install {' '.join(absent)}"
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        sys.stderr.write(f"The tests need {' and '.join(absent)}. On Debian: {wish}\n")
        return 1
    sys.stdout.write(f"Installing {' and '.join(absent)}\n")
    try:
        install(absent)
    except Missing as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 1 if missing() else 0


if __name__ == "__main__":
    sys.exit(main())
