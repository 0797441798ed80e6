"""Debian's Chromium, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    ConsoleMessage,
    Page,
    sync_playwright,
)

from tests.support.packages import chromium

FAKE_DEVICES = "--use-fake-device-for-media-stream"
# Half of Chromium's own twenty pictures a second: every one is drawn, sent and shown by the
# processor that runs the tests.
CAMERA = f"{FAKE_DEVICES}=fps=10"
# The browser's own buttons and its address line are pages too by now: each window drew some, seen
# by nobody, and that took a fifth of the time of a short visit. The first is no part of that: real
# addresses in place of mDNS names, which nothing resolves on a machine without a network.
LEFT_OUT = (
    "WebRtcHideLocalIpsWithMdns",
    "InitialWebUI",
    "WebUIToolbar",
    "WebUIReloadButton",
    "WebUILocationBar",
    "WebUIOmniboxPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxAimPopup",
    # A second process for each profile, in case it goes elsewhere: a tenth of a visit.
    "SpareRendererForSitePerProcess",
)
FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A moving test picture and a beep in place of a camera and a microphone, allowed unasked.
    CAMERA,
    "--use-fake-ui-for-media-stream",
    f"--disable-features={','.join(LEFT_OUT)}",
]
TIMEOUT_MILLISECONDS = 15_000
# A server that has just started, on a machine with much else to do.
PAGE_MILLISECONDS = 30_000
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@contextmanager
def launched() -> Iterator[Browser]:
    """One browser, closed at the end."""
    with sync_playwright() as playwright:
        browser = start(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


def start(kind: BrowserType, *more: str, program: Path | None = None) -> Browser:
    """One browser with a few flags more; `program` stands in for Debian's own."""
    # Chromium's own sandbox cannot be set up by root.
    flags = [*FLAGS, *more, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return kind.launch(executable_path=program or chromium(), args=flags)


@dataclass
class Visitors:
    """Gives each person a browser profile of their own, and remembers what went wrong in it."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def arrive(self, base_url: str, **options: Any) -> Page:
        """A new person at the door: an empty profile with one open page."""
        settings: dict[str, Any] = {
            "locale": "en-GB",
            "timezone_id": "Europe/Lisbon",
            "viewport": DESK,
            "service_workers": "block",
        }
        context = self.browser.new_context(base_url=base_url, **settings | options)
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        context.set_default_navigation_timeout(PAGE_MILLISECONDS)
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("console", self._listen)
        self.contexts.append(context)
        return context.new_page()

    def leave(self) -> None:
        """Close every profile."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.complaints.append(message.text)
