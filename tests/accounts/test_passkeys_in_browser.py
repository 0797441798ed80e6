"""Passkeys in a real browser, with a device that its developer tools play."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Page, expect

from tests.messages.served import Served
from tests.support.browser import Visitors

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
ADDED = "From now on you can sign in with it alone"
REFUSED = "That did not work"
COPIED = "used by another device as well"


class Tools:
    """The developer tools of one page, and the device that they play."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.device = self.plug_in()

    def plug_in(self, **changed: Any) -> str:
        """Another device; answers its id."""
        options = {"options": DEVICE | changed}
        found: str = self.session.send("WebAuthn.addVirtualAuthenticator", options)[
            "authenticatorId"
        ]
        return found

    def unplug(self) -> None:
        """Take the device away."""
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.device})

    def keys(self) -> list[dict[str, Any]]:
        """What the device holds."""
        asked = {"authenticatorId": self.device}
        found: list[dict[str, Any]] = self.session.send("WebAuthn.getCredentials", asked)[
            "credentials"
        ]
        return found

    def put(self, key: dict[str, Any]) -> None:
        """Give the device a key that another one made."""
        self.session.send(
            "WebAuthn.addCredential", {"authenticatorId": self.device, "credential": key}
        )

    def knows_its_holder(self, verified: bool) -> None:
        """Whether the device finds that the right person holds it."""
        asked = {"authenticatorId": self.device, "isUserVerified": verified}
        self.session.send("WebAuthn.setUserVerified", asked)


def sign_in(page: Page) -> None:
    """Press the button, whatever comes of it."""
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def test_passkey_is_made_used_never_twice_and_never_by_a_copy(
    served: Served, visitors: Visitors
) -> None:
    ana = served.clinic.patient
    page = served.browse(visitors, ana, "/passkeys/add")
    tools = Tools(page)
    page.get_by_label("Name").fill("My laptop")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text(ADDED)).to_be_visible()
    page.goto("/passkeys/add")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("has a passkey for you already")).to_be_visible()

    original = tools.keys()[0]
    page.context.clear_cookies()
    with page.expect_request("**/sign-in/passkey") as sent:
        sign_in(page)
    heading(page).to_contain_text(ana.name)

    page.context.clear_cookies()
    page.goto("/sign-in")
    used = sent.value.post_data_json["credential"]
    page.evaluate(
        """async (credential) => {
          const form = document.querySelector("#with-passkey form");
          await fetch("/sign-in/passkey/begin", { method: "POST", body: new FormData(form) });
          form.elements.credential.value = credential;
          HTMLFormElement.prototype.submit.call(form);
        }""",
        used,
    )
    expect(page.get_by_text(REFUSED).locator("visible=true")).to_be_visible()
    heading(page).to_have_text("Sign in")

    tools.unplug()
    tools.device = tools.plug_in()
    tools.put({**original, "signCount": 0})
    sign_in(page)
    expect(page.get_by_text(COPIED)).to_be_visible()
    heading(page).to_have_text("Sign in")


def test_device_in_wrong_hands_signs_nothing_even_if_the_page_is_made_to_ask_for_less(
    served: Served, visitors: Visitors
) -> None:
    ana = served.clinic.patient
    page = served.browse(visitors, ana, "/passkeys/add")
    tools = Tools(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text(ADDED)).to_be_visible()
    page.context.clear_cookies()
    tools.knows_its_holder(False)
    sign_in(page)
    expect(page.get_by_text(REFUSED).locator("visible=true")).to_be_visible()

    def ask_for_less(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "userVerification": "discouraged"})

    page.route("**/sign-in/passkey/begin", ask_for_less)
    with page.expect_request("**/sign-in/passkey"):
        sign_in(page)
    expect(page.get_by_text(REFUSED).locator("visible=true")).to_be_visible()
    heading(page).to_have_text("Sign in")


def test_passkey_on_a_page_that_was_open_for_too_long_is_told_so(
    served: Served, visitors: Visitors
) -> None:
    page = served.browse(visitors, served.clinic.patient, "/messages")
    Tools(page)
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page).to_have_text("This page had been open for too long")
    page.get_by_role("link", name="Open the page again").click()
    heading(page).to_have_text("Sign in")
