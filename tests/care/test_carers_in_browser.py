"""A carer from end to end: a phone-sized page, the keyboard alone, and out within two seconds."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from app.care.models.invitations import Invitation
from app.kernel import db
from tests.care.helping import PETRA
from tests.care.inviting import link
from tests.care.test_inviting_in_browser import BESIDE, press, reach, sees, settle, write
from tests.messages.served import Served, serving
from tests.support.browser import PHONE, Visitors
from tests.support.portal import Templates

EMAIL = "petra@example.org"
STORY = "She slept well and ate a whole plate."
OUT_SECONDS = 2.0
# Where the banner lies, as going back through the page with the keyboard leads there.
AT_THE_TOP = "(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - 12)"
# What is in focus, where the banner lies over the middle of it.
COVERED = """() => {
  const one = document.activeElement, banner = document.querySelector(".caring");
  const box = one.getBoundingClientRect(), over = banner.getBoundingClientRect();
  return !banner.contains(one) && box.top < over.bottom && box.bottom > over.top && one.textContent;
}"""


def invite(page: Page) -> str:
    """What the patient does; answers the digits that they read."""
    press(page, "Invite somebody")
    sees(page, "Invite somebody to act for you")
    write(page, "Their name", PETRA)
    write(page, "Their e-mail", EMAIL)
    for power in ("See your results and your plan", "Read and write messages for you"):
        reach(page, page.get_by_label(power))
        page.keyboard.press("Space")
    press(page, "Invite")
    sees(page, f"Tell {PETRA} six digits")
    return "".join(filter(str.isdigit, page.locator("code").text_content() or ""))


def come(page: Page, digits: str) -> None:
    """What the carer does, to their first page."""
    sees(page, "Welcome to Nearside")
    write(page, "The six digits", digits)
    press(page, "Continue")
    settle(page, PETRA)


def stays_in_sight(page: Page) -> None:
    """For whom the carer acts is read at the end of the page too, and hides nothing in focus."""
    page.set_viewport_size({"width": 360, "height": 500})
    page.goto("/settings")
    box = page.locator(".caring")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert page.evaluate("scrollY") > 100, "the page is too short to show anything by it"
    expect(box).to_be_in_viewport(ratio=1)
    links = page.locator("main a:visible, main button:visible")
    assert links.count() > 3
    for number in range(links.count()):
        links.nth(number).evaluate(AT_THE_TOP)
        links.nth(number).focus()
        under = page.evaluate(COVERED)
        assert not under, f"the banner covers {under}"
    page.set_viewport_size(PHONE)


def sent(served: Served) -> object:
    """The link in the letter."""
    with served.portal.inside():
        number = db.session().scalars(select(Invitation.id)).one()
    return link(served.portal, number)


def test_carer_is_invited_comes_writes_and_is_out_at_once(
    templates: Templates, tmp_path: Path, visitors: Visitors
) -> None:
    with serving(templates, tmp_path) as served:
        patient = served.clinic.patient
        ana = served.browse(visitors, patient, "/carers", viewport=PHONE)
        digits = invite(ana)
        petra = visitors.arrive(served.server.url, viewport=PHONE)
        petra.goto(f"/welcome/{sent(served)}")
        come(petra, digits)
        expect(petra.get_by_text(f"You are looking after {patient.name}.")).to_be_visible()
        assert not petra.evaluate(BESIDE)
        stays_in_sight(petra)
        petra.goto("/messages")
        write(petra, "Your message", STORY)
        press(petra, "Send")
        expect(petra.get_by_text(STORY)).to_be_visible()
        ana.goto("/messages")
        expect(ana.get_by_text(f"{PETRA} for {patient.name}")).to_be_visible()
        ana.goto("/carers")
        press(ana, "End this")
        press(ana, "End it now")
        expect(ana.get_by_text(f"{PETRA} cannot act for you any more.")).to_be_visible()
        petra.goto("/messages")
        sees(petra, "Sign in")


def test_sockets_of_an_ended_carer_close_within_two_seconds(
    templates: Templates, tmp_path: Path
) -> None:
    with serving(templates, tmp_path) as served:
        carer, ana = served.clinic.carer, served.portal.visit(served.clinic.patient)
        peer = served.open(carer).join()
        ana.get("/carers")
        assert ana.page is not None
        ending = next(
            one.get("href", "") for one in ana.page.iter("a") if "/end" in one.get("href", "")
        )
        ana.send(ending)
        assert peer.closes_within(OUT_SECONDS)
        peer.close()
