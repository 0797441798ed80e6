"""Every form carries a key; the same key twice changes the world once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from flask import Flask, Response, current_app, g, has_request_context, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel import actor as actors
from app.kernel import clock, db
from app.kernel.actor import Role
from app.kernel.crypto import keyring
from app.kernel.models import FormKey

FIELD = "form_key"
NOBODY = "nobody"
KEPT_FOR = timedelta(days=7)
UNCOUNTED = frozenset({FIELD, "csrf_token"})


class AlreadyDone(Exception):
    """The form was acted upon before; `location` is where its first answer led, if known.

    `same` is false when the key comes back with other words in the form.
    """

    def __init__(self, location: str | None, same: bool) -> None:
        super().__init__(location or "")
        self.location = location
        self.same = same


def install(app: Flask) -> None:
    """Claim keys in the transaction of the operation, and remember where each answer led."""
    db.on_claim(app, _claim)
    app.after_request(_remember)


def _claim(session: Session) -> None:
    """Use up the key of the posted form; raises AlreadyDone when it is used up."""
    if not _is_form() or "form_key_row" in g:
        return
    key, _person, _subject = _read_key()
    if not key:
        return
    row = FormKey(
        owner=_owner(), key=key, body_hash=_body_hash(), location=None, created_at=clock.now()
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        first = session.execute(
            select(FormKey.location, FormKey.body_hash).where(
                FormKey.owner == row.owner, FormKey.key == row.key
            )
        ).one()
        raise AlreadyDone(first.location, first.body_hash == row.body_hash) from None
    g.form_key_row = row.id


def new_key() -> str:
    """A fresh key for one showing of a form, signed with the person it is shown to.

    And with the patient for whom that person acts, if they are a carer.
    """
    return _signer().dumps([uuid4().hex, _owner(), subject()])


def subject() -> str:
    """For whom whoever is here acts as a carer; nothing for everybody else."""
    actor = actors.current()
    if actor is None or actor.role is not Role.CARER:
        return ""
    patient: UUID | None = current_app.extensions["acts_for"](actor)
    return patient.hex if patient else ""


def person_of_form() -> UUID | None:
    """Whose page the posted form came from, whoever is signed in now."""
    _key, person, _subject = _read_key()
    return UUID(hex=person) if person and person != NOBODY else None


def subject_of_form() -> str:
    """For whom a carer's page had the posted form, whomever they look after now."""
    return _read_key()[2]


def was_sent() -> bool:
    """Whether the posted form was acted upon before, word for word, whoever is here by now."""
    key, person, _subject = _read_key()
    if not key:
        return False
    mine = (FormKey.key == key, FormKey.owner.in_({person, _owner()}))
    same = select(FormKey.id).where(*mine, FormKey.body_hash == _body_hash())
    return db.session().scalar(same) is not None


def is_for_somebody_else() -> bool:
    """Whether a carer who is here looks after another patient than the posted form is about."""
    patient = subject_of_form()
    return bool(patient) and actors.current() is not None and patient != subject()


def _read_key() -> tuple[str, str, str]:
    try:
        key, person, patient = _signer().loads(request.form.get(FIELD, "")[:300])
    except (BadSignature, ValueError, TypeError):
        return "", "", ""
    return key, person, patient


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="form-key")


def _is_form() -> bool:
    return has_request_context() and request.method == "POST"


def _owner() -> str:
    actor = actors.current()
    return actor.person_id.hex if actor else NOBODY


def _body_hash() -> str:
    fields = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in UNCOUNTED
    )
    # Keyed, because a form may hold a password and this fingerprint is kept for a week.
    return keyring().blind(repr((request.path, fields)), purpose="form")


def _remember(response: Response) -> Response:
    row = g.pop("form_key_row", None)
    if row is not None and response.status_code in {302, 303}:
        with db.writing(claims=False) as session:
            where = update(FormKey).where(FormKey.id == row)
            session.execute(where.values(location=response.headers["Location"][:500]))
    return response


def sweep() -> None:
    """Forget keys older than a week."""
    with db.writing(claims=False) as session:
        session.execute(delete(FormKey).where(FormKey.created_at < clock.now() - KEPT_FOR))
