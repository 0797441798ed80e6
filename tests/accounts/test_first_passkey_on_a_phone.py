"""Somebody's first day on a telephone: a passkey in place of an app, and in again with a finger."""

from __future__ import annotations

from itertools import pairwise

from playwright.sync_api import Page, ViewportSize, expect

from tests.accounts.test_first_passkey import newcomer
from tests.accounts.test_passkeys_in_browser import Tools, heading, sign_in
from tests.journeys.looking import faults
from tests.messages.served import Served
from tests.support.browser import PHONE, Visitors
from tests.support.portal import PASSWORD

ON_A_PHONE = ViewportSize(width=PHONE["width"], height=PHONE["height"])


def give_password(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def test_key_is_copied_without_its_spaces(served: Served, visitors: Visitors) -> None:
    rosa = newcomer(served.portal)
    page = visitors.arrive(served.server.url, permissions=["clipboard-read", "clipboard-write"])
    give_password(page, rosa.email)
    # The finger that means one button does not reach the other, nor the key above them.
    parts = [page.locator("[data-key]"), *page.locator("[data-copying] button").all()]
    parts.append(page.get_by_role("link", name="Open in the authenticator app"))
    boxes = [one.bounding_box() for one in parts]
    for upper, lower in pairwise(boxes):
        assert upper
        assert lower
        assert lower["y"] - upper["y"] - upper["height"] >= 8
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("The key is copied.")).to_be_visible()
    shown = page.locator(".key").inner_text()
    assert page.evaluate("() => navigator.clipboard.readText()") == shown.replace(" ", "")
    # Where the browser lets no page copy, the key is marked for a hand to do it.
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_text("The key is marked")).to_be_visible()
    assert page.evaluate("() => getSelection().toString()") == shown


def test_newcomer_makes_a_passkey_on_the_phone_and_is_in_with_a_finger_next_time(
    served: Served, visitors: Visitors
) -> None:
    rosa = newcomer(served.portal)
    page = visitors.arrive(served.server.url, viewport=ON_A_PHONE)
    tools = Tools(page)
    give_password(page, rosa.email)
    heading(page).to_have_text("Connect your authenticator app")
    page.get_by_role("link", name="Use your face, your finger").click()
    heading(page).to_have_text("Make a passkey")
    assert faults(page) == []
    page.set_viewport_size(ON_A_PHONE)
    page.get_by_role("button", name="Make it").click()
    heading(page).to_have_text("Keep these recovery codes")
    assert len(tools.keys()) == 1
    page.get_by_role("button", name="I have saved them").click()
    expect(page.get_by_role("heading", name="Please connect an authenticator")).to_be_visible()
    # The password of somebody who holds no such phone leads to the question for the passkey alone.
    page.context.clear_cookies()
    give_password(page, rosa.email)
    heading(page).to_have_text("Your passkey")
    assert faults(page) == []
    page.set_viewport_size(ON_A_PHONE)
    page.get_by_role("button", name="Use the passkey").click()
    heading(page).to_contain_text(rosa.name)
    page.context.clear_cookies()
    sign_in(page)
    heading(page).to_contain_text(rosa.name)
    # Whoever has no codes is asked for none before a weighty act.
    page.goto("/confirm?next=/settings")
    expect(page.get_by_label("Six-digit code")).to_have_count(0)
    page.get_by_role("button", name="Use the passkey").click()
    expect(page).to_have_url(f"{served.server.url}/settings")
