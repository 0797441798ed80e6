"""Calls between homes, through the node or from browser to browser."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from playwright.sync_api import Page

from benchmarks.media.servers import Node

PATIENCE_SECONDS = 20.0
LOOK_MILLISECONDS = 20


@dataclass(frozen=True)
class Got:
    """What one person received of another during a window."""

    rate: float  # pictures a second
    width: int
    height: int
    concealed: float  # share of the sound

    @property
    def pixels(self) -> float:
        """Picture elements a second."""
        return self.rate * self.width * self.height


class Call:
    """A call of some pages; the first is in it before the others."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = list(pages)

    def begin(self) -> None:
        """Connect everybody, and wait until everybody sees everybody."""
        self._connect()
        deadline = time.monotonic() + PATIENCE_SECONDS
        others = len(self.pages) - 1
        seen = f"Object.values(frames).filter((one) => one.length > 5).length >= {others}"
        while not all(page.evaluate(seen) for page in self.pages):
            if time.monotonic() > deadline:
                raise TimeoutError("No picture came.")
            self.pages[0].wait_for_timeout(100)

    def _connect(self) -> None:
        raise NotImplementedError

    def restart(self, at: int) -> None:
        """New routes for one of them, as a page asks for after a change of networks."""
        raise NotImplementedError

    def watch(self, seconds: float) -> list[dict[str, Got]]:
        """What each of them receives in this time, by section: "v1" with the sound of "a1"."""
        before = [page.evaluate("received()") for page in self.pages]
        begun = time.monotonic()
        self.pages[0].wait_for_timeout(seconds * 1000)
        passed = time.monotonic() - begun
        after = [page.evaluate("received()") for page in self.pages]
        return [_between(*both, passed) for both in zip(before, after, strict=True)]

    def shown(self, at: int, since: float) -> list[float]:
        """When one of them saw a picture after a moment; all in ms since 1970."""
        found = "(since) => Object.values(frames).flat().filter((one) => one > since).sort()"
        row: list[float] = self.pages[at].evaluate(found, since)
        return row

    def after(self, at: int, moment: float) -> float:
        """Milliseconds from a moment (ms since 1970) to the next picture shown to one of them."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if shown := self.shown(at, moment):
                return shown[0] - moment
            self.pages[at].wait_for_timeout(LOOK_MILLISECONDS)
        return float("inf")


def _between(before: dict[str, Any], after: dict[str, Any], seconds: float) -> dict[str, Got]:
    """Each picture with the sound beside it."""
    found = {}
    sounds = [mid for mid, one in after.items() if one["kind"] == "audio"]
    pictures = [mid for mid, one in after.items() if one["kind"] == "video"]
    for voice, picture in zip(sorted(sounds), sorted(pictures), strict=True):
        heard, was = after[voice], before.get(voice, {"samples": 0, "concealed": 0})
        seen = after[picture]
        frames = seen["frames"] - before.get(picture, {"frames": 0})["frames"]
        samples = max(1, heard["samples"] - was["samples"])
        concealed = (heard["concealed"] - was["concealed"]) / samples
        if seen["frames"] or heard["samples"]:
            got = Got(frames / seconds, seen["width"], seen["height"], concealed)
            found[picture] = got
    return found


class Relayed(Call):
    """Through the node."""

    def __init__(self, pages: Sequence[Page], node: Node) -> None:
        super().__init__(pages)
        self._node, self._room = node, token_hex(8)
        self._legs: list[str] = []

    def _connect(self) -> None:
        for place in range(len(self.pages)):
            joined = self._node.join(self._room, place, simulcast=True)
            self._legs.append(joined["leg"])
            self._answer(place, joined["offer"])

    def restart(self, at: int) -> None:
        """Ask the node for new credentials."""
        told = self._node.ask("POST", f"/legs/{self._legs[at]}/restart")
        self._answer(at, told["offer"])

    def _answer(self, at: int, offer: str) -> None:
        small = len(self.pages) > 2  # noqa: PLR2004 - as in the product, two people need no layers
        sdp = self.pages[at].evaluate(
            f"(sdp) => answer(sdp, {{small: {str(small).lower()}}})", offer
        )
        self._node.ask("POST", f"/legs/{self._legs[at]}/answer", sdp=sdp)


class Direct(Call):
    """From browser to browser."""

    def _connect(self) -> None:
        self._agree(0, restart=False)

    def restart(self, at: int) -> None:
        """The one who moved offers anew."""
        self._agree(at, restart=True)

    def _agree(self, at: int, *, restart: bool) -> None:
        one, other = self.pages[at], self.pages[1 - at]
        offered = one.evaluate(f"offer({{iceRestart: {str(restart).lower()}}})")
        one.evaluate("(sdp) => accept(sdp)", other.evaluate("(sdp) => reply(sdp)", offered))
