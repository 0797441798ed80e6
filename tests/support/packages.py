"""What the tests need from the operating system: Chromium and a PostgreSQL server.

`python -m tests.support.packages` installs what is missing when it may, and otherwise says what to
install. Nothing is ever skipped for the lack of either.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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


def postgres_programs() -> Path:
    """The directory that holds `initdb` and `postgres`; Debian keeps it off the path."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(path.parts[4]), default=None)
    on_path = shutil.which("initdb")
    if newest is None and on_path is None:
        raise Missing("A PostgreSQL server is not installed. On Debian: apt-get install postgresql")
    return newest.parent if newest else Path(on_path or "").resolve().parent


def missing() -> list[str]:
    """Debian's names of what is not there."""
    absent = []
    for package, find in (("chromium", chromium), ("postgresql", postgres_programs)):
        try:
            find()
        except Missing:
            absent.append(package)
    return absent


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
