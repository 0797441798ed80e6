"""Letters to people with an account, in their own language and on their own clock."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale

from app.accounts.models import Person
from app.kernel import db, mail


def write_to(person_id: UUID, subject: object, text: object, key: str, **values: object) -> None:
    """Send somebody a letter, unless their account is closed; only jobs call this.

    `subject` and `text` are lazy, so that they are read in the person's language. Moments among
    the values are written as their clock shows them; `phone` is the clinic's, in brackets, and
    `origin` the portal's own address. The same key makes the same message. Raises OSError or
    SMTPException when the mail server does not take it.
    """
    person = db.session().get(Person, person_id)
    if person is None or not person.active:
        return
    settings = current_app.extensions["settings"]
    phone = f" ({settings.clinic_phone})" if settings.clinic_phone else ""
    known = {"phone": phone, "origin": settings.origin, **values}
    with force_locale(person.language):
        said = {name: _written(value, person.zone) for name, value in known.items()}
        message = mail.compose(settings, person.email, str(subject), str(text) % said, key)
    mail.send(settings, message)


def _written(value: object, zone: str) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"
    return str(value)
