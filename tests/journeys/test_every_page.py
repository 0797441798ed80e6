"""Every page that the application has, as each role finds it, looked at in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from app.kernel.access import SAFE_METHODS
from app.kernel.actor import Role, Stage
from app.kernel.settings import Environment
from tests.doors.walk import Door, _doors, application
from tests.journeys.lived_in import Lived
from tests.journeys.looking import Watch, faults, glance, keyboard_faults
from tests.support.browser import DESK, Visitors

# News for a page that is open already; nobody opens it as a page.
NEWS = "/since"
# Only a form with something to type can be refused for what was typed.
TYPED = "main form[method=post] :is(textarea, input:is([type=text], [type=email], [type=date]))"
EMPTIED = """({ form }) => {
  for (const box of form.elements) {
    if (box.matches("textarea, [type=text], [type=email], [type=date]")) box.value = "";
  }
  form.requestSubmit(form.querySelector("button:not([type=button])"));
}"""
# Under one address, each role has a page of its own: everyone of them is looked at whole.
SHOWS_EACH_THEIRS = {
    "appointments.visits",
    "consults.recording",
    "consults.waiting_room",
    "messages.conversation",
    "messages.inbox",
    "web.today",
}
# Nothing at all is a fair answer to the first two, and the forms of the last lead nowhere.
NEVER_REFUSED = {"questionnaires.part_wellbeing", "records.ask", "demo.styleguide"}


def pages() -> list[tuple[Door, Role | None, bool]]:
    """Each address once for every role that may read it, and whether it is the first of them."""
    found: list[tuple[Door, Role | None, bool]] = []
    for door in sorted(_doors(application(Environment.DEMO)), key=str):
        if door.method not in SAFE_METHODS or door.path.endswith(NEWS):
            continue
        roles: tuple[Role | None, ...] = tuple(
            one for one in Role if not door.access.roles or one in door.access.roles
        )
        seen_by = (None,) if door.access.stage is Stage.ANYONE else roles
        own = door.endpoint in SHOWS_EACH_THEIRS
        found += [(door, role, own or role is seen_by[0]) for role in seen_by]
    return found


def named(case: object) -> str | None:
    if isinstance(case, Door):
        return case.endpoint
    return case.value if isinstance(case, Role) else None


def looked_at() -> list[tuple[Door, Role | None, bool]]:
    """Without the others' own account pages: they are those of the first role, word for word."""
    return [
        (door, role, first)
        for door, role, first in pages()
        if first or not door.endpoint.startswith("accounts.")
    ]


@pytest.fixture(scope="module")
def window(lived: Lived, browser: Browser) -> Iterator[tuple[Page, Visitors]]:
    """One for all: to open a new profile for each page took as long as to look at the page."""
    visitors = Visitors(browser)
    yield lived.arrive(visitors, None), visitors
    visitors.leave()


@pytest.fixture
def page(lived: Lived, window: tuple[Page, Visitors]) -> Iterator[Page]:
    """That window, in which nothing is left of whoever had it before."""
    page, visitors = window
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="null", reduced_motion="null")
    yield page
    page.goto(f"{lived.server.url}/health")
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    complaints, visitors.complaints[:] = list(visitors.complaints), []
    assert complaints == []


@pytest.mark.parametrize(("door", "role", "first"), looked_at(), ids=named)
def test_page_is_sound_for_everyone(
    page: Page, lived: Lived, door: Door, role: Role | None, first: bool
) -> None:
    someone = lived.someone(door, role)
    token = lived.token(someone, door.access.stage) if someone else None
    path = lived.path(door, role)
    status, kind = lived.ask(path, token)
    assert status == 200
    if kind != "text/html":
        return  # An entry for a calendar, say.
    lived.give(page, token)
    look_at(page, lived, path, whole=first)
    if (
        first
        and page.locator(TYPED).filter(visible=True).count()
        and door.endpoint not in NEVER_REFUSED
    ):
        refuse(page)


def look_at(page: Page, lived: Lived, path: str, *, whole: bool = True) -> None:
    """Open the page and find nothing wrong with it; a glance will do where another looked whole."""
    watch = Watch(page, lived.server.url)
    page.goto(path, wait_until="load")
    found = keyboard_faults(page) + faults(page) if whole else glance(page)
    none(found + watch.end())


def none(found: list[str]) -> None:
    """Fail with one fault a line."""
    assert not found, "\n".join(found)


def refuse(page: Page) -> None:
    """Send the form empty: the same page again, saying so, and as sound as before."""
    with page.expect_navigation():
        page.locator(TYPED).filter(visible=True).first.evaluate(EMPTIED)
    assert page.title().startswith("Error: ")
    summary = page.get_by_role("alert").get_by_role("link").first
    summary.click()
    assert page.evaluate("() => document.activeElement.matches('input, textarea, select')")
    none(faults(page))


@pytest.mark.parametrize("path", ["/nowhere", "/sign-out", "/styleguide?dir=rtl"])
@pytest.mark.parametrize("role", [None, Role.PATIENT, Role.CLINICIAN], ids=str)
def test_page_beside_the_ways_is_sound_too(
    visitors: Visitors, lived: Lived, role: Role | None, path: str
) -> None:
    someone = getattr(lived.given, role.value) if role else None
    page = lived.arrive(visitors, lived.token(someone, Stage.FULL) if someone else None)
    look_at(page, lived, path)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.CLINICIAN], ids=str)
def test_open_waiting_room_is_sound(visitors: Visitors, lived: Lived, role: Role) -> None:
    page = lived.arrive(visitors, lived.token(getattr(lived.given, role.value), Stage.FULL))
    look_at(page, lived, f"/visits/{lived.visit}")
