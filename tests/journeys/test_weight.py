"""What a first visit costs: people pay for data, and wait for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page

from app.kernel.actor import Role, Stage
from app.kernel.settings import Environment
from tests.doors.walk import Door, _doors, application
from tests.journeys.lived_in import Lived
from tests.support.browser import Visitors

ROOT = Path(__file__).parents[2]
HEAVIEST_BYTES = 110 * 1024
# The call carries pictures anyway.
THE_CALL = "consults.waiting_room"
NEWS = "/since"


def pages() -> list[Door]:
    """Every page that a patient comes to, signed in or not."""
    return [
        door
        for door in sorted(_doors(application(Environment.DEMO)), key=str)
        if door.method == "GET"
        and (not door.access.roles or Role.PATIENT in door.access.roles)
        and not door.path.endswith(NEWS)
        and door.endpoint not in {THE_CALL, "demo.styleguide"}
    ]


@dataclass
class Scales:
    """Weighs everything that arrives, as it travelled: compressed, headers included."""

    page: Page
    weights: dict[str, float] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session: CDPSession = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._arrived)

    def _asked(self, event: dict[str, Any]) -> None:
        self._names[event["requestId"]] = event["request"]["url"]

    def _arrived(self, event: dict[str, Any]) -> None:
        name = self._names.get(event["requestId"], event["requestId"])
        self.weights[name] = self.weights.get(name, 0) + event["encodedDataLength"]


@pytest.fixture(scope="module", autouse=True)
def compressed() -> None:
    """Files are weighed as production serves them."""
    assert list(ROOT.glob("static/css/*.css.gz")), "make ready compresses the files in static/"


@pytest.mark.parametrize("door", pages(), ids=lambda door: door.endpoint)
def test_first_visit_is_light(visitors: Visitors, lived: Lived, door: Door) -> None:
    role = None if door.access.stage is Stage.ANYONE else Role.PATIENT
    someone = lived.someone(door, role)
    token = lived.token(someone, door.access.stage) if someone else None
    path = lived.path(door, role)
    if lived.ask(path, token)[1] != "text/html":
        return
    page = lived.arrive(visitors, token)
    scales = Scales(page)
    page.goto(path, wait_until="load")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    weights = scales.weights
    assert [one for one in weights if not one.startswith((lived.server.url, "data:"))] == []
    assert any("fonts/" in one for one in weights), "the font never came"
    heaviest = sorted(weights.items(), key=lambda one: -one[1])[:6]
    assert sum(weights.values()) < HEAVIEST_BYTES, heaviest
