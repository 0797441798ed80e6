"""Back to a form that was refused: the form, not the browser's own page of an error."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.messages.served import Served
from tests.support.browser import Visitors


def refused(page: Page) -> None:
    """What was typed is not right."""
    page.get_by_label("E-mail").fill("nobody@nearside.test")
    page.get_by_label("Password", exact=True).fill("not the words of anybody")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: Sign in"))


def too_old(page: Page) -> None:
    """The page had been open for too long."""
    page.context.clear_cookies()
    page.get_by_label("E-mail").fill("nobody@nearside.test")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This page had been open for too long"
    )


@pytest.mark.parametrize("send", [refused, too_old])
def test_back_to_a_refused_form_shows_the_form(
    served: Served, visitors: Visitors, send: object
) -> None:
    page = visitors.arrive(served.server.url)
    page.goto("/sign-in")
    assert callable(send)
    send(page)
    page.goto("/sign-in/lost")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_label("Password", exact=True)).to_have_value("")
