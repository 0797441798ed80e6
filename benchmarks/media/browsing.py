"""Chromium for measuring: served before all else, in a home of its own if need be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Playwright

from tests.support.browser import FLAGS
from tests.support.packages import chromium

# The test picture at 30 a second; Chromium's own default is 20.
CAMERA = "--use-fake-device-for-media-stream=fps=30"


@contextmanager
def chrome(playwright: Playwright, *, inside: str = "") -> Iterator[Browser]:
    """One browser, where we may in the network namespace `inside`, driven through a pipe."""
    flags = [flag for flag in FLAGS if not flag.startswith("--use-fake-device")]
    before = ""
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # Chromium's own cannot be set up by root.
        before = "nice -n -20 " + (f"ip netns exec {inside} " if inside else "")
    with TemporaryDirectory(prefix="nearside-bench-") as folder:
        program = Path(folder) / "chromium"
        program.write_text(
            "#!/bin/sh\n"
            "[ -w /proc/self/autogroup ] && echo -20 > /proc/self/autogroup\n"
            f'exec {before}{chromium()} "$@"\n'
        )
        program.chmod(0o755)
        browser = playwright.chromium.launch(executable_path=program, args=[*flags, CAMERA])
        try:
            yield browser
        finally:
            browser.close()
