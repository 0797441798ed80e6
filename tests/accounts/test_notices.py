"""Whatever happens to how people sign in, they are told: in the portal, and by mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.accounts.operations import notices, passkeys
from app.accounts.rules import Happening
from app.kernel import db, mail
from app.kernel.actor import Role
from app.kernel.models import Outbox
from app.kernel.settings import Environment
from tests.accounts import mailbox
from tests.accounts.device import passkey_of
from tests.accounts.mailbox import Mailbox
from tests.accounts.steps import half_way, new_codes
from tests.support.portal import Portal, Someone

PHONE = "+1 555 0100"


@pytest.fixture
def box(portal: Portal) -> Iterator[Mailbox]:
    """A mail server, and a portal that is told of it."""
    with mailbox.opened() as found:
        told = {"mail_server": found.address, "clinic_phone": PHONE}
        settings = replace(portal.app.extensions["settings"], **told)
        portal.app.extensions["settings"] = settings
        yield found


def words(message: Message) -> str:
    body = message.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def happen(portal: Portal, ana: Someone, what: Happening) -> None:
    """Do to Ana's account what the notice is about."""
    actor = portal.actor(ana)
    if what is Happening.CODE_USED:
        code = new_codes(portal, ana)[0]
        half_way(portal, ana).send("/sign-in/recovery", recovery_code=code)
    elif what is Happening.CODES_RENEWED:
        portal.visit(ana).send("/recovery-codes/new")
    elif what is Happening.PASSKEY_REMOVED:
        with portal.inside():
            passkeys.remove(actor, passkey_of(ana))
    else:
        with portal.inside(), db.writing():
            notices.tell(ana.id, what, "Firefox, Linux")


@pytest.mark.parametrize(
    "what", [Happening.CODE_USED, Happening.CODES_RENEWED, Happening.PASSKEY_REMOVED]
)
def test_person_is_told_in_the_portal_and_by_mail(
    portal: Portal, box: Mailbox, what: Happening
) -> None:
    ana = portal.person(Role.PATIENT)
    happen(portal, ana, what)
    said = str(notices.WORDS[what])
    visitor = portal.visit(ana)
    assert said in visitor.get("/").text
    portal.work()
    (message,) = box.messages
    assert message["To"] == ana.email
    assert said in words(message)
    assert PHONE in words(message)
    answer = visitor.send("/account/notices/read", page="/account/notices")
    assert said in visitor.follow(answer).text
    assert said not in visitor.get("/").text


def test_mail_holds_no_link_and_nothing_that_signs_in(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    for what in Happening:
        with portal.inside(), db.writing():
            notices.tell(ana.id, what, "Firefox, Linux")
    portal.work()
    assert len(box.messages) == len(Happening)
    for message in box.messages:
        assert not re.search(r"https?:|www\.|href|/sign-in", words(message))
        assert message.get_content_type() == "text/plain"


@pytest.mark.parametrize("what", [Happening.PASSKEY_COPIED, Happening.PASSKEY_ADDED])
def test_letter_advises_what_fits(portal: Portal, box: Mailbox, what: Happening) -> None:
    happen(portal, portal.person(Role.PATIENT), what)
    portal.work()
    (message,) = box.messages
    said = words(message)
    copied = what is Happening.PASSKEY_COPIED
    assert ("One of them is marked" in said) is copied
    assert ("there is nothing to do" in said) is not copied
    assert PHONE in said


def test_notice_of_one_person_is_shown_to_nobody_else(portal: Portal) -> None:
    ana, ben = portal.person(Role.PATIENT), portal.person(Role.PATIENT)
    happen(portal, ana, Happening.PASSKEY_ADDED)
    said = str(notices.WORDS[Happening.PASSKEY_ADDED])
    assert said in portal.visit(ana).get("/account/notices").text
    assert said not in portal.visit(ben).get("/account/notices").text


def test_server_that_refuses_gets_the_same_message_later(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    box.refuses = True
    happen(portal, ana, Happening.PASSKEY_ADDED)
    portal.work()
    assert box.messages == []
    with portal.inside():
        (waiting,) = db.session().scalars(select(Outbox).where(Outbox.kind == notices.MAIL))
        payload = waiting.payload
        box.refuses = False
        for _ in range(2):
            notices.send_mail(UUID(payload["notice"]))
    first, second = box.messages
    assert first["Message-ID"] == second["Message-ID"]


def test_notice_of_a_change_that_did_not_happen_is_not_sent(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)

    def fail() -> None:
        with db.writing():
            notices.tell(ana.id, Happening.PASSKEY_ADDED)
            raise RuntimeError("it failed")

    with portal.inside(), pytest.raises(RuntimeError):
        fail()
    portal.work()
    assert box.messages == []


def test_portal_without_a_mail_server_writes_files_where_it_is_only_tried_out(
    portal: Portal, tmp_path: Path
) -> None:
    settings = replace(portal.app.extensions["settings"], instance=tmp_path / "here")
    message = mail.compose(settings, "ana@nearside.test", "Hello", "Words", "key")
    mail.send(settings, message)
    (file,) = (tmp_path / "here" / "mail").iterdir()
    assert b"Words" in file.read_bytes()
    real = replace(settings, environment=Environment.PRODUCTION, instance=tmp_path / "there")
    mail.send(real, message)
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize("bad", ["ana@nearside.test\r\nBcc: eve@evil.example", "a\nb@x.test"])
def test_address_cannot_smuggle_in_another_header(portal: Portal, bad: str) -> None:
    settings = portal.app.extensions["settings"]
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        mail.compose(settings, bad, "Hello", "Words", "key")


def test_sign_in_by_recovery_code_says_on_which_device(portal: Portal, box: Mailbox) -> None:
    ana = portal.person(Role.PATIENT)
    code = new_codes(portal, ana)[0]
    agent = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"}
    visitor = half_way(portal, ana, headers=agent)
    visitor.send("/sign-in/recovery", recovery_code=code)
    portal.work()
    assert "Firefox, Windows" in words(box.messages[0])
