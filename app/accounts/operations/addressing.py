"""Another e-mail address to sign in with: asked for by its owner, confirmed at the new address.

Both addresses hear of it, the old one also once it is done: it may be a thief who asks.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.accounts import rules
from app.accounts.models import EmailChange, Person
from app.accounts.operations.notices import tell
from app.accounts.operations.sessions import device_of
from app.accounts.queries import addressing as seen
from app.accounts.queries.addressing import ChangeView
from app.accounts.rules import Happening
from app.kernel import audit, clock, db, mail, outbox
from app.kernel.actor import Actor
from app.kernel.crypto import normal
from app.kernel.limits import Limit
from app.kernel.refusal import Refusal

ASKED = audit.tag("accounts.email_asked", "person")
CHANGED = audit.tag("accounts.email_changed", "person")

LETTER = "accounts.email_letter"
ASKS = Limit("email-change", ((3, timedelta(days=1)),))
KEPT_FOR = timedelta(days=7)
NO_ADDRESS = _l("That is not an e-mail address.")
SAME = _l("You sign in with that address already.")
TAKEN = _l("Somebody signs in with that address already. Please use another one.")
PAST = _l("This was confirmed already.")
SUBJECT = _l("Your Nearside account")
TO_THE_NEW = _l(
    "Hello %(name)s,\n\nyou asked to sign in to Nearside with this address. Please sign in as you"
    " do now, and confirm it here within one day:\n%(origin)s/e-mail/%(token)s\n\nIf you did not"
    " ask for this, there is nothing to do: nobody signs in with this address."
)
TO_THE_OLD = _l(
    "Hello %(name)s,\n\nyour Nearside account now has another e-mail address, and this one opens it"
    " no more.\n\nIf it was not you, call your clinic at once%(phone)s."
)


def ask(actor: Actor, typed: str) -> None:
    """Note which address it is to be, and write to it; raises TooMany, or Refusal on `email`."""
    email = typed.strip().lower()
    if rules.EMAIL_SHAPE.fullmatch(email) is None:
        raise Refusal(NO_ADDRESS, "email")
    ASKS.take(actor.person_id.hex)
    with db.writing() as session:
        person = session.get_one(Person, actor.person_id)
        if normal(email) == normal(person.email):
            raise Refusal(SAME, "email")
        waiting = (EmailChange.person_id == person.id, EmailChange.done_at.is_(None))
        session.execute(delete(EmailChange).where(*waiting))
        row = EmailChange(
            person_id=person.id,
            keeper=person.keeper,
            email=email,
            before=person.email,
            asked_at=clock.now(),
        )
        row.mac = seen.mac_of(seen.token_of(row.id))
        session.add(row)
        audit.record(ASKED, entity_id=person.id)
        tell(person.id, Happening.EMAIL_ASKED, device_of(actor))
        outbox.put(LETTER, {"change": str(row.id), "done": False})


def confirm(actor: Actor, one: ChangeView) -> None:
    """Sign in with the new address from now on; raises Refusal."""
    try:
        with db.writing() as session:
            row = session.get_one(EmailChange, one.id, with_for_update=True, populate_existing=True)
            if row.done_at is not None:
                raise Refusal(PAST)
            session.get_one(Person, actor.person_id).email = row.email
            row.done_at = clock.now()
            session.flush()
            audit.record(CHANGED, entity_id=actor.person_id)
            tell(actor.person_id, Happening.EMAIL_CHANGED, device_of(actor))
            outbox.put(LETTER, {"change": str(row.id), "done": True})
    except IntegrityError:
        raise Refusal(TAKEN) from None


def send_letter(number: UUID, *, done: bool) -> None:
    """Write to the new address what is to be confirmed, or to the old one that it is done."""
    row = db.session().get(EmailChange, number)
    person = db.session().get(Person, row.person_id) if row else None
    if row is None or person is None or not person.active or (row.done_at is not None) != done:
        return
    settings = current_app.extensions["settings"]
    phone = f" ({settings.clinic_phone})" if settings.clinic_phone else ""
    with force_locale(person.language):
        text = str(TO_THE_OLD if done else TO_THE_NEW) % {
            "name": person.name,
            "origin": settings.origin,
            "token": seen.token_of(number),
            "phone": phone,
        }
        to, key = (row.before, "done") if done else (row.email, "asked")
        message = mail.compose(settings, to, str(SUBJECT), text, f"{number.hex}-{key}")
    mail.send(settings, message)


def sweep() -> None:
    """Forget addresses that nobody confirmed, and those of before."""
    with db.writing(claims=False) as session:
        old = EmailChange.asked_at < clock.now() - KEPT_FOR
        session.execute(delete(EmailChange).where(old))
