"""Two people write to each other in real browsers, without reloading."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.accounts import operations as accounts
from app.messages import operations
from tests.messages.served import Served, serving
from tests.support.browser import Visitors
from tests.support.portal import Someone, Templates


@pytest.fixture
def own(templates: Templates, tmp_path: Path) -> Iterator[Served]:
    """A served clinic of this test's own."""
    with serving(templates, tmp_path) as found:
        yield found


def send(served: Served, someone: Someone, body: str) -> None:
    """Write from outside the browser, as a colleague elsewhere would."""
    patient = served.clinic.patient.patient_id
    assert patient is not None
    with served.portal.inside():
        operations.send(served.portal.actor(someone), patient, body)


def talk(served: Served) -> str:
    return f"/patients/{served.clinic.patient.patient_id}/messages"


def shown(page: Page) -> list[str]:
    return page.locator("#conversation .words").all_inner_texts()


def write(page: Page, body: str) -> None:
    page.get_by_label("Your message").fill(body)
    page.get_by_role("button", name="Send").click()


def test_messages_arrive_without_reloading_and_drafts_stay(own: Served, visitors: Visitors) -> None:
    clinic = own.clinic
    ana = own.browse(visitors, clinic.patient, "/messages")
    marta = own.browse(visitors, clinic.coordinator, talk(own))
    inbox = own.browse(visitors, clinic.clinician, "/inbox")
    for page in (ana, marta, inbox):
        page.evaluate("window.stays = true")
    marta.get_by_label("Your message").fill("Half a sentence")
    write(ana, "Is the laboratory open on Monday? <b>Please</b>")
    expect(marta.locator("#conversation .words")).to_have_text(
        ["Is the laboratory open on Monday? <b>Please</b>"]
    )
    expect(marta.get_by_label("Your message")).to_have_value("Half a sentence")
    expect(inbox.locator("tbody")).to_contain_text("1 new")
    expect(ana.locator("#message-1 footer")).to_contain_text("Read")
    ana.evaluate("window.stays = true")
    write(marta, "Yes, from seven.")
    expect(ana.locator("#message-2 .words")).to_have_text("Yes, from seven.")
    expect(ana.locator("#message-2 header")).to_contain_text("Care coordinator")
    assert ana.evaluate("window.stays")
    assert inbox.evaluate("window.stays")


def test_arrived_message_looks_like_one_that_was_there(own: Served, visitors: Visitors) -> None:
    ana = own.browse(visitors, own.clinic.patient, "/messages")
    send(own, own.clinic.coordinator, "First line\nsecond line")
    message = ana.locator("#message-1")
    expect(message).to_be_visible()
    arrived = message.evaluate("one => one.outerHTML.replace(/\\s+/g, ' ')")
    ana.reload()
    drawn = ana.locator("#message-1").evaluate("one => one.outerHTML.replace(/\\s+/g, ' ')")
    assert arrived == drawn


def test_burst_arrives_in_order_without_gaps_or_repetitions(
    own: Served, visitors: Visitors
) -> None:
    ana = own.browse(visitors, own.clinic.patient, "/messages")
    for number in range(60):
        send(own, own.clinic.coordinator, f"{number}")
    expect(ana.locator("#message-60")).to_be_visible()
    assert shown(ana) == [f"{number}" for number in range(60)]


def test_missed_messages_come_after_the_network_does(own: Served, visitors: Visitors) -> None:
    ana = own.browse(visitors, own.clinic.patient, "/messages")
    send(own, own.clinic.coordinator, "before")
    expect(ana.locator("#message-1")).to_be_visible()
    ana.context.set_offline(True)
    expect(ana.locator("#live-state")).to_contain_text("You are not connected")
    send(own, own.clinic.coordinator, "meanwhile")
    ana.context.set_offline(False)
    expect(ana.locator("#message-2")).to_be_visible()
    assert shown(ana) == ["before", "meanwhile"]


def test_without_a_socket_the_page_looks_every_fifteen_seconds(
    own: Served, visitors: Visitors
) -> None:
    ana = own.browse(visitors, own.clinic.patient, "/settings")
    ana.route_web_socket("**/socket.io/**", lambda socket: socket.close())
    ana.goto("/messages")
    expect(ana.locator("#live-state")).to_contain_text("every 15 seconds")
    send(own, own.clinic.coordinator, "by the slow way")
    expect(ana.locator("#message-1")).to_be_visible(timeout=20_000)


def test_ended_session_is_said_and_the_draft_survives(own: Served, visitors: Visitors) -> None:
    ana = own.browse(visitors, own.clinic.patient, "/messages")
    ana.get_by_label("Your message").fill("Do not lose this")
    with own.portal.inside():
        accounts.end_every_session(own.clinic.patient.id)
    expect(ana.locator("#live-state")).to_contain_text("Your sign-in has run out")
    expect(ana.get_by_label("Your message")).to_have_value("Do not lose this")
