"""A sealed attribute of a model."""

from __future__ import annotations

from typing import Any, Protocol, overload

from app.kernel.crypto.keyring import keyring


class _SealedRow(Protocol):
    id: Any
    __tablename__: str


class Sealed:
    """A text attribute kept encrypted in the LargeBinary attribute named `column`.

    Opened lazily, so that a list which does not show the text never decrypts it.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    @overload
    def __get__(self, row: None, owner: type) -> Sealed: ...
    @overload
    def __get__(self, row: _SealedRow, owner: type) -> str: ...
    def __get__(self, row: _SealedRow | None, owner: type) -> Sealed | str:
        if row is None:
            return self
        sealed = getattr(row, self.column)
        if sealed is None:
            return ""
        return keyring().open(sealed, table=row.__tablename__, column=self.column, row=row.id)

    def __set__(self, row: _SealedRow, text: str) -> None:
        sealed = keyring().seal(text, table=row.__tablename__, column=self.column, row=row.id)
        setattr(row, self.column, sealed)
