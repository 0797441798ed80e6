"""One walk through every page as one role, with everything that passed on the way kept at hand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, Request, Response
from playwright.sync_api import Error as PlaywrightError

from app.kernel.actor import Role, Stage
from tests.doors.walk import Door
from tests.journeys.lived_in import Lived
from tests.journeys.looking import Watch
from tests.journeys.test_every_page import pages
from tests.support.browser import Visitors
from tests.support.portal import COOKIE, PASSWORD, Someone

NOWHERE = "/nowhere"
CLOSED = "/settings"
FETCHED = "path => fetch(path).then((answer) => answer.arrayBuffer()).then(() => true)"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. `body` is that of a page."""

    url: str
    kind: str
    status: int
    headers: tuple[tuple[str, str], ...]
    sent: dict[str, str]
    body: str

    def header(self, name: str) -> str:
        """A header of the answer, or nothing."""
        found = [value for one, value in self.headers if one.lower() == name.lower()]
        return found[0] if found else ""

    @property
    def cookies(self) -> list[str]:
        """What the answer gave the browser to keep."""
        return [value for name, value in self.headers if name.lower() == "set-cookie"]

    @property
    def path(self) -> str:
        """The address without the host and the query."""
        return re.sub(r"^[a-z]+://[^/]*", "", self.url).partition("?")[0]

    @property
    def is_file(self) -> bool:
        """Whether it is one of the portal's own files and not a page."""
        return self.path.startswith("/static/")

    @property
    def is_page(self) -> bool:
        """Whether it is a page that was shown."""
        return bool(self.body)


@dataclass
class Recording:
    """What one role's walk left."""

    role: Role | None
    own: str
    exchanges: list[Exchange] = field(default_factory=list)
    # Everything that was asked for, answered or not, sockets too.
    asked: list[str] = field(default_factory=list)
    cookies: list[dict[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    @property
    def answers(self) -> list[Exchange]:
        """All that the portal answered; pictures that a page holds itself are no answers."""
        return [one for one in self.exchanges if one.url.startswith(self.own)]

    @property
    def pages(self) -> list[Exchange]:
        """The pages that were shown."""
        return [one for one in self.answers if one.is_page]

    @property
    def files(self) -> list[Exchange]:
        """The files that came with them."""
        return [one for one in self.answers if one.is_file]


class _Tape:
    """Listens to a browser profile; what it heard is asked for its particulars later."""

    def __init__(self, page: Page, recording: Recording) -> None:
        self.recording = recording
        self.fresh: list[Response] = []
        page.on("response", self._answered)
        page.on("request", self._asked)
        page.on("websocket", lambda socket: recording.asked.append(socket.url))

    def _answered(self, response: Response) -> None:
        self.fresh.append(response)

    def _asked(self, request: Request) -> None:
        self.recording.asked.append(request.url)

    def take(self) -> None:
        """Put what has come by now among the exchanges."""
        while self.fresh:
            self.recording.exchanges.append(_exchange(self.fresh.pop(0)))


def _exchange(response: Response) -> Exchange:
    headers = tuple((one["name"], one["value"]) for one in response.headers_array())
    request = response.request
    kind = request.resource_type
    try:
        sent = request.all_headers()
    except PlaywrightError:  # A page that was left before its last request was sent.
        sent = request.headers
    shown = kind == "document" and not 300 <= response.status < 400
    body = response.text() if shown else ""
    return Exchange(response.url, kind, response.status, headers, sent, body)


def walk(lived: Lived, browser: Browser, role: Role | None) -> Recording:
    """Sign in as this role where there is one, open every page it has, and sign out."""
    recording = Recording(role, lived.server.url)
    visitors = Visitors(browser)
    try:
        page = lived.arrive(visitors, None)
        watch, tape = Watch(page, recording.own), _Tape(page, recording)
        doors = [door for door, one, _first in pages() if one is role]
        half_way = [door for door in doors if door.access.stage is Stage.PASSWORD]
        for door in half_way:
            _step_in(lived, page, door, role)
            _look(lived, page, tape, door)
        page.context.clear_cookies()
        _arrive(lived, page, tape)
        for door in doors:
            if door not in half_way:
                _look(lived, page, tape, door)
        _leave(page, tape)
        recording.heard = [*watch.heard, *visitors.complaints]
    finally:
        visitors.leave()
    return recording


def _step_in(lived: Lived, page: Page, door: Door, role: Role | None) -> None:
    """Stand before a step of signing in as somebody who has come that far."""
    someone = lived.someone(door, role)
    assert someone is not None
    _give(lived, page, lived.token(someone, Stage.PASSWORD))


def _give(lived: Lived, page: Page, token: str) -> None:
    address = f"https://localhost:{lived.server.port}"
    cookie: Any = {"name": COOKIE, "value": token, "url": address, "httpOnly": True}
    page.context.add_cookies([cookie | {"sameSite": "Lax"}])


def _arrive(lived: Lived, page: Page, tape: _Tape) -> None:
    """Sign in as people do.

    A guest has come by a link, and the clinician has used up the codes of these minutes on a plan.
    """
    role = tape.recording.role
    _open(page, tape, "/sign-in")
    if role in {Role.GUEST, Role.CLINICIAN}:
        _give(lived, page, lived.token(getattr(lived.given, role.value), Stage.FULL))
    elif role is not None:
        someone: Someone = getattr(lived.given, role.value)
        page.locator("input[name=email]").fill(someone.email)
        page.locator("input[name=password]").fill(PASSWORD)
        _press(page, tape, "/sign-in")
        page.locator("input[name=code]").fill(lived.portal.code(someone))
        _press(page, tape, "/sign-in/code")


def _open(page: Page, tape: _Tape, path: str) -> None:
    """Open a page, and take down what came with it before the next one is opened."""
    page.goto(path, wait_until="load")
    tape.take()


def _press(page: Page, tape: _Tape, action: str) -> None:
    with page.expect_navigation():
        button = page.locator(f'form[action="{action}"] button[type=submit]')
        button.filter(visible=True).first.click()
    page.wait_for_load_state("load")
    tape.take()


def _look(lived: Lived, page: Page, tape: _Tape, door: Door) -> None:
    """Open one page, or fetch what is none."""
    recording = tape.recording
    path = lived.path(door, recording.role)
    token = next((one["value"] for one in page.context.cookies() if one["name"] == COOKIE), None)
    _status, kind = lived.ask(path, token)
    if kind == "text/html":
        _open(page, tape, path)
    else:
        page.evaluate(FETCHED, path)
    recording.visited.add(door.endpoint)
    recording.cookies += page.context.cookies()
    tape.take()


def _leave(page: Page, tape: _Tape) -> None:
    """A page that is none, one that is closed to whoever has left, and the way out."""
    _open(page, tape, NOWHERE)
    if tape.recording.role not in {None, Role.GUEST}:
        _open(page, tape, "/")
        _press(page, tape, "/sign-out")
    _open(page, tape, CLOSED)
    tape.recording.cookies += page.context.cookies()
