"""What is asked of a call of three or four, whose pages are known by seat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Page

from tests.consults.meeting import PATIENCE, reaches, stats
from tests.consults.test_paths import goes

# Looks in a row at which more has come of everybody.
SURE = 3
LOOK_MILLISECONDS = 400


def come_of(page: Any) -> dict[str, int]:
    """What has come so far, by place: bytes of sound and frames of picture."""
    figures = {"audio": "bytesReceived", "video": "framesDecoded"}
    coming = [one for one in stats(page)["stats"] if one["type"] == "inbound-rtp"]
    return {one["mid"]: one.get(figures[one["kind"]], 0) for one in coming}


def all_meet(pages: Mapping[int, Page]) -> None:
    """Each sees and hears every other, through the node; `pages` are by seat."""
    all_come(pages)
    for page in pages.values():
        reaches(page, "connected")
        goes(page, "relay")


def all_come(pages: Mapping[int, Any]) -> None:
    """Of everybody more sound and more pictures come to everybody else, look after look."""
    wanted = {
        seat: {f"{kind}{other}" for other in pages if other != seat for kind in "av"}
        for seat in pages
    }
    before: dict[int, dict[str, int]] = {}
    sure = dict.fromkeys(pages, 0)
    for _ in range(PATIENCE):
        for seat, page in pages.items():
            now = come_of(page)
            last = before.get(seat, {})
            grown = all(now.get(one, 0) > last.get(one, 0) > 0 for one in wanted[seat])
            sure[seat] = sure[seat] + 1 if grown else 0
            before[seat] = now
        if min(sure.values()) >= SURE:
            break
        next(iter(pages.values())).wait_for_timeout(LOOK_MILLISECONDS)
    assert min(sure.values()) >= SURE, before


def one_code(pages: Mapping[int, Any], before: str = "") -> str:
    """All show the lock with the same digits, other ones than before; answers them."""
    found: dict[int, str] = {}
    for _ in range(PATIENCE):
        found = {seat: _code(page) for seat, page in pages.items()}
        if len(set(found.values())) == 1 and found[1] not in {"", before}:
            break
        pages[1].wait_for_timeout(200)
    assert len(set(found.values())) == 1, found
    assert found[1] not in {"", before}, found
    for page in pages.values():
        assert stats(page)["seal"]["counts"]["failed"] == 0
    return found[1]


SHOWN = """() => {
  const shown = document.getElementById("lock").checkVisibility();
  return shown ? document.getElementById("lock-code").innerText : "";
}"""


def _code(page: Any) -> str:
    found: str = page.evaluate(SHOWN)
    return found


def tiles(page: Page) -> list[str]:
    """The names beside the pictures, as they stand."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll(".call-tile:not([hidden]) .tile-name")]
          .map((one) => one.textContent)"""
    )
    return found


WATCHED = """() => {
  window.dark = [];
  const look = () => {
    const { callState } = document.documentElement.dataset;
    const veiled = document.getElementById("remote").classList.contains("veiled");
    if (veiled || callState !== "connected") window.dark.push(`${callState} ${veiled}`);
  };
  const how = { attributes: true, subtree: true, attributeFilter: ["class", "data-call-state"] };
  new MutationObserver(look).observe(document.documentElement, how);
}"""


def watch(*pages: Page) -> None:
    """From now on each of these pages notes when the other's picture is covered."""
    for page in pages:
        page.evaluate(WATCHED)


def darkness(page: Page) -> list[str]:
    """When it was."""
    found: list[str] = page.evaluate("() => window.dark")
    return found
