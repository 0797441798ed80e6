"""A sealed attribute of a model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol, Self, overload
from unicodedata import normalize
from uuid import UUID

from flask import has_request_context
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    LargeBinary,
    SQLColumnExpression,
    func,
    literal,
    select,
)

from app.kernel import actor as actors
from app.kernel import audit, db
from app.kernel.crypto.envelope import Erased, SealBroken, cell_of
from app.kernel.crypto.keyring import CLINIC, keyring
from app.kernel.crypto.masters import FIRST_FORM

BROKEN = audit.tag("keys.seal_broken", "sealed_value", "table", "column")
ERASED = _l("[erased]")


class _SealedRow(Protocol):
    id: Any
    __tablename__: str


class Sealed(db.Derived):
    """A text attribute kept encrypted in the LargeBinary attribute named `column`.

    `of` names the attribute that says whose it is: a patient's id, whose own key then seals it.
    Without, it is the clinic's. `erased` is what is read once that key was destroyed. Opened
    lazily, so that a list which does not show the text never decrypts it.
    """

    known: list[Sealed] = []

    def __init__(self, column: str, *, of: str | None = None, erased: object = ERASED) -> None:
        self.column = column
        self.of = of
        self.erased = erased

    def __set_name__(self, model: type[Any], name: str) -> None:
        self.model = model
        self.name = name
        self.cell = cell_of(model.__tablename__, self.column)
        self.known.append(self)

    @overload
    def __get__(self, row: None, model: type) -> Self: ...
    @overload
    def __get__(self, row: _SealedRow, model: type) -> str: ...
    def __get__(self, row: _SealedRow | None, model: type) -> Self | str:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        return "" if sealed is None else self.read(sealed, row.id, self.owner(row))

    def __set__(self, row: _SealedRow, text: str) -> None:
        setattr(row, self.column, keyring().seal(text, self.cell, row.id, self.owner(row)))

    def owner(self, row: object) -> UUID:
        """Whose value it is; without one it could be moved to another patient unseen."""
        if self.of is None:
            return CLINIC
        owner = getattr(row, self.of)
        if not isinstance(owner, UUID):
            raise TypeError(f"{self.model.__name__}.{self.name} needs {self.of} before it is set")
        return owner

    @property
    def stored(self) -> SQLColumnExpression[bytes]:
        """The column that holds it, for statements."""
        found: SQLColumnExpression[bytes] = getattr(self.model, self.column)
        return found

    @property
    def in_first_form(self) -> ColumnElement[bool]:
        """Whether the value is older than the data keys, for statements."""
        return func.substr(self.stored, 1, 1) == literal(FIRST_FORM, LargeBinary)

    @property
    def is_set(self) -> ColumnElement[bool]:
        """Whether there is a value, for statements."""
        return self.stored.is_not(None)

    def read(self, sealed: bytes, row: UUID, owner: UUID) -> str:
        """Open what a query brought without its row; `erased` once its key was destroyed."""
        try:
            return self.open(sealed, row, owner)
        except Erased:
            return str(self.erased)

    def open(self, sealed: bytes, row: UUID, owner: UUID) -> str:
        """The same, but raises Erased; a value that was changed or moved is noted and refused."""
        try:
            return keyring().open(sealed, self.cell, row, owner)
        except SealBroken as broken:
            self._note(row, owner)
            raise SealBroken(f"{self} of {row}: {broken}") from broken

    def __str__(self) -> str:
        return f"{self.model.__tablename__}.{self.column}"

    def _note(self, row: UUID, owner: UUID) -> None:
        patient = owner if self.of == "patient_id" else None
        db.afterwards(partial(_write, self.model.__tablename__, self.column, row, patient))


class Indexed(Sealed):
    """A sealed attribute that can be looked up whole, by a keyed fingerprint in a column beside.

    As much of the fingerprint is kept as that column holds.
    """

    def __init__(
        self, column: str, index: str, *, of: str | None = None, erased: object = ERASED
    ) -> None:
        super().__init__(column, of=of, erased=erased)
        self.index = index

    def __set__(self, row: _SealedRow, text: str) -> None:
        super().__set__(row, text)
        setattr(row, self.index, self.fingerprint(text))

    def fingerprint(self, text: str) -> str:
        """What the index holds for this text, however it is spaced and capitalised."""
        whole = keyring().blind(normal(text), purpose=f"{self.model.__tablename__}.{self.index}")
        return whole[: self._column.type.length]

    def matches(self, text: str) -> ColumnElement[bool]:
        """Whether the value is this text, for statements."""
        found: ColumnElement[bool] = self._column == self.fingerprint(text)
        return found

    @property
    def _column(self) -> Any:
        return getattr(self.model, self.index)


def first_form_is_left() -> bool:
    """Whether a value is left that no destroyed data key could make unreadable."""
    return any(
        db.session().scalar(select(one.model.id).where(one.in_first_form).limit(1)) is not None
        for one in sealed_attributes()
        if one.of is not None
    )


def normal(text: str) -> str:
    """The text as fingerprints know it: Unicode NFKC, case folded, one space between words."""
    return " ".join(normalize("NFKC", text).casefold().split())


def _write(table: str, column: str, row: UUID, patient: UUID | None) -> None:
    if has_request_context() and not actors.is_settled():
        actors.nobody()  # Who is here cannot be read: asking once more would end here again.
    with db.writing(claims=False):
        audit.record(BROKEN, entity_id=row, patient_id=patient, table=table, column=column)


def sealed_attributes() -> Iterator[Sealed]:
    """Every sealed attribute of every table, by table and column."""
    return iter(sorted(Sealed.known, key=str))
