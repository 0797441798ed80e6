"""People, their factors and their sign-in sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.rules import Ceremony, Happening
from app.accounts.rules.regaining import CheckedBy, RegainState
from app.kernel.actor import Role, Stage
from app.kernel.crypto import CLINIC, Indexed, Sealed
from app.kernel.db import Row, code_of


class Person(Row):
    """Someone who can sign in. Who they are is sealed, a patient's with a key of their own."""

    __tablename__ = "person"
    __table_args__ = (
        CheckConstraint("NOT privacy_officer OR role = 'administrator'", name="officer"),
    )
    sealed_email: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    # A part of a fingerprint only: names are few enough for a whole one to be guessed back.
    name_index: Mapped[str] = mapped_column(String(16), index=True)
    role: Mapped[Role] = mapped_column(code_of(Role))
    title: Mapped[str] = mapped_column(String(120), default="")
    zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(16), default="en")
    password_hash: Mapped[str] = mapped_column(String(200))
    # Whoever made the account knows the password as well; its owner chooses another one first.
    password_lent: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    # An administrator who answers what patients ask about looks at their records.
    privacy_officer: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    # Until when weighty things wait, after staff let this person in again without any factor.
    limited_until: Mapped[datetime | None]
    email = Indexed("sealed_email", "email_index", of="keeper")
    name = Indexed("sealed_name", "name_index", of="keeper", erased=_l("Someone who was erased"))

    @property
    def keeper(self) -> UUID:
        """Whose data key seals this row."""
        return keeper_of(self.id, self.role)


def keeper_of(person_id: UUID, role: Role) -> UUID:
    """A patient's own key, which is destroyed with them; the clinic's for everybody else."""
    return person_id if role is Role.PATIENT else CLINIC


class Authenticator(Row):
    """A person's authenticator app. It counts only once a correct code has confirmed it."""

    __tablename__ = "authenticator"
    __table_args__ = (CheckConstraint("last_step >= 0", name="step"),)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), unique=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    # The codes wait here, sealed, until the person says that they have written them down.
    sealed_codes: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The secret of another phone, until a code of that phone confirms it.
    sealed_next: Mapped[bytes | None] = mapped_column(LargeBinary)
    next_at: Mapped[datetime | None]
    secret = Sealed("sealed_secret")
    next_secret = Sealed("sealed_next")
    codes = Sealed("sealed_codes")


class RecoveryCode(Row):
    """A one-time stand-in for the authenticator; only its keyed fingerprint is stored."""

    __tablename__ = "recovery_code"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    mac: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Row):
    """A sign-in session; the browser holds a token, this row only the token's hash."""

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("stage IN (1, 2)", name="stage"),)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    stage: Mapped[Stage] = mapped_column(Integer)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(80), default="")
    factor_at: Mapped[datetime | None]
    recovered_at: Mapped[datetime | None]
    # Whether the browser had signed this person in before: its tries are counted apart.
    known: Mapped[bool] = mapped_column(default=False)
    # The patient whom a carer has chosen to look after; the tables of care lie above this one.
    caring_for: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class HeldForm(Row):
    """A form that waits while its person shows a second factor; one for each session."""

    __tablename__ = "held_form"
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in.id"), unique=True)
    path: Mapped[str] = mapped_column(String(500))
    sealed_fields: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)
    fields_json = Sealed("sealed_fields")


class Passkey(Row):
    """A key pair on a person's device; the device asks for face, finger or its own code."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("uses >= 0", name="uses"),)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    # What the device calls the person by; says nothing about them.
    handle: Mapped[bytes] = mapped_column(LargeBinary)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # The device's own count; one that does not grow betrays a copy of the key.
    uses: Mapped[int] = mapped_column(BigInteger)
    backed_up: Mapped[bool]
    model: Mapped[str] = mapped_column(String(36))
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    # When its count last betrayed a copy.
    copied_at: Mapped[datetime | None]
    name = Sealed("sealed_name")


class Challenge(Row):
    """What a device must sign next; gone with its first use."""

    __tablename__ = "challenge"
    ceremony: Mapped[Ceremony] = mapped_column(code_of(Ceremony))
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("sign_in.id"))
    value: Mapped[bytes] = mapped_column(LargeBinary)
    # What a new key will call its person by.
    handle: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(index=True)


class AccountNotice(Row):
    """Something that happened to how a person signs in, for them to know of."""

    __tablename__ = "account_notice"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    what: Mapped[Happening] = mapped_column(code_of(Happening))
    device: Mapped[str] = mapped_column(String(80), default="")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class KnownDevice(Row):
    """A browser that has signed this person in; it holds a token, this row the token's hash."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("person_id", "token_hash"),)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class Regaining(Row):
    """Somebody has lost password and factors, and asks to be let in again.

    Of the links in letters only keyed fingerprints are stored; of the code that staff say, nothing.
    """

    __tablename__ = "regaining"
    __table_args__ = (
        Index(
            "uq_regaining_live",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("(state IN ('open', 'linked')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("link_mac IS NULL OR link_at IS NOT NULL", name="link"),
    )
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[RegainState] = mapped_column(code_of(RegainState))
    asked_at: Mapped[datetime]
    stop_mac: Mapped[str] = mapped_column(String(64), unique=True)
    link_mac: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_at: Mapped[datetime | None]
    # How many links were sent, and how many wrong codes were typed at the last one.
    links: Mapped[int]
    tries: Mapped[int]
    ended_at: Mapped[datetime | None]


class RegainCheck(Row):
    """A member of staff made sure who somebody is; two different ones are needed."""

    __tablename__ = "regain_check"
    __table_args__ = (
        UniqueConstraint("regaining_id", "person_id"),
        UniqueConstraint("regaining_id", "place"),
        CheckConstraint("place IN (1, 2)", name="place"),
    )
    regaining_id: Mapped[UUID] = mapped_column(ForeignKey("regaining.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int]
    way: Mapped[CheckedBy] = mapped_column(code_of(CheckedBy))
    at: Mapped[datetime]


class EmailChange(Row):
    """Somebody wants to sign in with another address, which waits to be confirmed there.

    The address of before is kept a few days more, so that a letter can still reach it.
    """

    __tablename__ = "email_change"
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    keeper: Mapped[UUID]
    sealed_email: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_before: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    email = Sealed("sealed_email", of="keeper")
    before = Sealed("sealed_before", of="keeper")
