"""Debian's Firefox, which Playwright does not drive: by a small script over a pipe."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.packages import firefox

ROOT = Path(__file__).parents[2]
ENDING_SECONDS = 15.0


class FirefoxFailed(RuntimeError):
    """The browser could not do what it was asked; the message is its own."""


class Firefox:
    """One browser; each page in it has a profile of its own."""

    def __init__(self) -> None:
        script = Path(__file__).with_suffix(".mjs")
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            ["node", str(script), str(firefox())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def arrive(self) -> FirefoxPage:
        """A new person."""
        page = FirefoxPage(self, f"page-{next(self._numbers)}")
        self.ask("arrive", page.name)
        return page

    def ask(self, act: str, name: str, **said: str) -> Any:
        """One request and its answer; raises FirefoxFailed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps({"act": act, "name": name, **said}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        told = json.loads(line) if line else {"error": "Firefox has ended."}
        if "error" in told:
            raise FirefoxFailed(told["error"])
        return told.get("value")

    def close(self) -> None:
        """End it, and wait until it is gone."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(ENDING_SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()


class FirefoxPage:
    """One page: as much of Playwright's as the helpers of a call use."""

    def __init__(self, browser: Firefox, name: str) -> None:
        self._browser, self.name = browser, name

    def goto(self, url: str) -> None:
        """Open an address."""
        self._browser.ask("go", self.name, url=url)

    def fill(self, field: str, text: str) -> None:
        """Type into a field, named by its CSS selector."""
        self._browser.ask("fill", self.name, field=field, text=text)

    def click(self, button: str) -> None:
        """Press a button."""
        self._browser.ask("click", self.name, button=button)

    def add_init_script(self, script: str) -> None:
        """Run this on each page before its own scripts."""
        self._browser.ask("before", self.name, script=script)

    def evaluate(self, script: str) -> Any:
        """The value of an expression, or what a function without arguments answers."""
        called = f"({script})()" if script.lstrip().startswith("()") else script
        return self._browser.ask("evaluate", self.name, script=called)

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let time pass."""
        time.sleep(milliseconds / 1000)

    def close(self) -> None:
        """Leave, profile and all."""
        self._browser.ask("leave", self.name)
