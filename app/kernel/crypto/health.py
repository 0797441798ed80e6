"""Which of the settings' keys the database needs: those that are away, and those that may go."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, func, select

from app.kernel import db
from app.kernel.crypto.envelope import SealBroken
from app.kernel.crypto.keyring import INDEX, keyring
from app.kernel.crypto.masters import NAME_BYTES
from app.kernel.crypto.models import RECORD, RecordKey, WrappedKey
from app.kernel.crypto.sealed import sealed_attributes

WRAPPED_ROWS: tuple[type[WrappedKey | RecordKey], ...] = (WrappedKey, RecordKey)
LACKING = (
    "NEARSIDE_DATA_KEYS lacks the key {name}, and {count} keys of the database open with it alone."
    " Put it back behind the others, then run: flask --app wsgi keys rotate"
)
CHANGED = (
    "The key {name} of NEARSIDE_DATA_KEYS is not the one that wrapped {count} keys of the database:"
    " its bytes were changed. Put the old bytes back; a new key needs a name of its own."
)
OLDEST = (
    "NEARSIDE_DATA_KEYS lacks the key {name}, and values of {count} sealed columns open with it"
    " alone. Put it back behind the others, then run: flask --app wsgi keys rotate"
)


def problems() -> Iterator[str]:
    """A sentence for each settings' key that is away or is another one than it was."""
    here = set(keyring().masters.names)
    for name, count in _wrapping().items():
        if name not in here:
            yield LACKING.format(name=_shown(name), count=count)
        elif not _opens(name):
            yield CHANGED.format(name=_shown(name), count=count)
    for name, count in _sealing().items():
        if name not in here:
            yield OLDEST.format(name=_shown(name), count=count)


def dispensable() -> list[str]:
    """The settings' keys that nothing in the database needs any more."""
    masters = keyring().masters
    needed = {masters.first, *_wrapping(), *_sealing()}
    if db.session().scalar(select(WrappedKey.id).where(WrappedKey.owner == INDEX)) is None:
        needed.add(masters.names[-1])  # The first fingerprint of all is still to be made from it.
    return [_shown(name) for name in masters.names if name not in needed]


def _wrapping() -> dict[bytes, int]:
    """How many keys each settings' key wraps."""
    found: dict[bytes, int] = {}
    for model in WRAPPED_ROWS:
        name = _name_in(model.wrapped)
        asked = select(name, func.count()).where(model.wrapped.is_not(None)).group_by(name)
        for one, count in db.session().execute(asked):
            found[bytes(one)] = found.get(bytes(one), 0) + count
    return found


def _sealing() -> dict[bytes, int]:
    """In how many columns each settings' key sealed values itself, as the first form was."""
    found: dict[bytes, int] = {}
    for attribute in sealed_attributes():
        asked = select(_name_in(attribute.stored)).where(attribute.in_first_form).distinct()
        for one in db.session().scalars(asked):
            found[bytes(one)] = found.get(bytes(one), 0) + 1
    return found


def _opens(name: bytes) -> bool:
    """Whether a key of the database that names this settings' key opens with it."""
    for model in WRAPPED_ROWS:
        fits = _name_in(model.wrapped) == name
        row = db.session().execute(select(model.id, model.wrapped).where(fits).limit(1)).first()
        if row is None:
            continue
        owner = RECORD if model is RecordKey else db.session().get_one(WrappedKey, row.id).owner
        try:
            keyring().masters.unwrap(row.wrapped, row.id, owner)
        except SealBroken:
            return False
    return True


def _name_in(column: object) -> ColumnElement[bytes]:
    return func.substr(column, 2, NAME_BYTES)


def _shown(name: bytes) -> str:
    return name.decode(errors="replace").strip()
