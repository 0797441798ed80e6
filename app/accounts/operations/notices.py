"""Telling people what happened to how they sign in: in the portal, and by mail.

No notice holds a link: whoever forges one has nothing to imitate, and none can sign in. What must
hold one is a letter (see `regaining`), and its link alone signs nobody in either.
"""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from app.accounts.models import AccountNotice, Person
from app.accounts.rules import Happening
from app.kernel import clock, db, mail, outbox
from app.kernel.actor import Actor

MAIL = "accounts.mail"
WORDS = {
    Happening.NEW_DEVICE: _l("You signed in on a device that we had not seen before."),
    Happening.PASSKEY_ADDED: _l("A passkey was added to your account."),
    Happening.PASSKEY_REMOVED: _l("A passkey was removed from your account."),
    Happening.PASSKEY_COPIED: _l("A copy of one of your passkeys was used, and refused."),
    Happening.AUTHENTICATOR_REPLACED: _l(
        "A phone was connected that now gives the codes for your account."
    ),
    Happening.CODES_RENEWED: _l("New recovery codes were made for your account."),
    Happening.CODE_USED: _l("A recovery code was used to sign in to your account."),
    Happening.CODES_CLOSED: _l(
        "There were a hundred wrong codes in a row. Where that happened, codes of your phone are"
        " not taken any more; connect your phone anew to change that."
    ),
    Happening.PASSWORD_CHANGED: _l("The password of your account was changed."),
    Happening.PASSWORD_CLOSED: _l(
        "There were a hundred wrong passwords in a row. Where that happened, your password is not"
        " taken any more; choose a new password to change that."
    ),
    Happening.EMAIL_ASKED: _l(
        "You asked to sign in with another e-mail address. Nothing changes before that is"
        " confirmed at the new address."
    ),
    Happening.EMAIL_CHANGED: _l("You now sign in with another e-mail address."),
    Happening.OLDEST_ENDED: _l(
        "You were signed in on more than ten devices, so the oldest one was signed out."
    ),
    Happening.SESSIONS_ENDED: _l("An administrator of your clinic signed you out everywhere."),
    Happening.REGAIN_ASKED: _l(
        "Somebody asked to get back into your account without your password and your codes."
    ),
    Happening.REGAIN_STOPPED: _l("A request to get back into your account was stopped."),
    Happening.REGAIN_CHECKED: _l(
        "A member of staff has made sure that it is you who wants to get back into your account."
    ),
    Happening.REGAIN_LINKED: _l("A link for getting back into your account was sent to you."),
    Happening.REGAINED: _l(
        "Your account has a new password. What you signed in with before opens nothing any more."
    ),
    Happening.RECORD_COPIED: _l("A copy of your whole record was taken out of Nearside as a file."),
}
SUBJECT = _l("Your Nearside account")
BODY = _l(
    "Hello %(name)s,\n\n%(what)s\n\nWhen: %(when)s\nDevice: %(device)s\n\n"
    "%(advice)s\n\n"
    "We never send links to sign in with, and never ask for your password or your codes."
)
ADVICE = _l(
    "Was this you? Then there is nothing to do.\n\n"
    "If it was not you, sign in to Nearside as you always do, open your account, and sign out"
    " everywhere else. Then call your clinic%(phone)s."
)
ADVICE_ON = {
    Happening.PASSKEY_COPIED: _l(
        "Sign in to Nearside with your password, and with a code of your phone or a recovery code."
        " Then open your passkeys. One of them is marked, and opens nothing any more: add a new"
        " one, then remove the marked one. If you have questions, call your clinic%(phone)s."
    )
}
UNKNOWN_DEVICE = _l("one that we cannot name")


def tell(person_id: UUID, what: Happening, device: str = "", *, by_mail: bool = True) -> None:
    """Note a happening for its person in the transaction under way; mail follows the commit.

    Without `by_mail`, whoever calls this writes a letter of their own.
    """
    row = AccountNotice(person_id=person_id, what=what, device=device, at=clock.now())
    db.session().add(row)
    if by_mail:
        outbox.put(MAIL, {"notice": str(row.id)})


def mark_read(actor: Actor) -> None:
    """The person has read all of them."""
    with db.writing() as session:
        unread = (AccountNotice.person_id == actor.person_id, AccountNotice.read_at.is_(None))
        session.execute(update(AccountNotice).where(*unread).values(read_at=clock.now()))


def send_mail(notice_id: UUID) -> None:
    """Write to the person what the notice says; sent twice, it is the same message."""
    row = db.session().get(AccountNotice, notice_id)
    person = db.session().get(Person, row.person_id) if row else None
    if row is None or person is None or not person.active:
        return
    settings = current_app.extensions["settings"]
    there = row.at.astimezone(ZoneInfo(person.zone))
    phone = f" ({settings.clinic_phone})" if settings.clinic_phone else ""
    with force_locale(person.language):
        advice = str(ADVICE_ON.get(row.what, ADVICE)) % {"phone": phone}
        text = str(BODY) % {
            "name": person.name,
            "what": WORDS[row.what],
            "when": f"{there:%Y-%m-%d %H:%M} ({person.zone})",
            "device": row.device or UNKNOWN_DEVICE,
            "advice": advice,
        }
        message = mail.compose(settings, person.email, str(SUBJECT), text, notice_id.hex)
    mail.send(settings, message)
