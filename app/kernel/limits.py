"""Limits on how often: counted in the database, so every process sees the same count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock, db
from app.kernel.crypto import keyring
from app.kernel.models import LimitCount
from app.kernel.refusal import TooMany

KEY_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each of the `windows` (count, length) for one key."""

    name: str
    windows: tuple[tuple[int, timedelta], ...]

    def take(self, key: str) -> None:
        """Count one try before it is judged; raises TooMany when the key's share is used up.

        Counting first, in one atomic step, lets no crowd of tries made at once slip through.
        """
        if db.in_transaction():
            raise RuntimeError("count tries before a transaction: its end would forget them")
        moment = clock.now()
        with db.writing(claims=False):
            for times, length in self.windows:
                start = _window(moment, length)
                if _add(self._key(key, length), start, length) > times:
                    wait = int((start + length - moment).total_seconds()) + 1
                    raise TooMany(_too_many(wait), wait)

    def give_back(self, key: str) -> None:
        """Take back one try that turned out right: only failures are held against anyone."""
        with db.writing(claims=False) as session:
            for _times, length in self.windows:
                row = (
                    LimitCount.key == self._key(key, length),
                    LimitCount.window_start == _window(clock.now(), length),
                )
                session.execute(delete(LimitCount).where(*row, LimitCount.count <= 1))
                less = update(LimitCount).values(count=LimitCount.count - 1)
                session.execute(less.where(*row))

    def _key(self, key: str, length: timedelta) -> str:
        # A fingerprint, because keys are addresses that people typed or came from.
        counted = keyring().blind(key, purpose="limit")[:KEY_DIGITS]
        return f"{self.name}|{int(length.total_seconds())}|{counted}"


def _too_many(seconds: int) -> object:
    minutes = max(1, round(seconds / 60))
    return _l("Too many tries. Please wait about %(minutes)s min, then try again.", minutes=minutes)


def _window(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def _add(key: str, start: datetime, length: timedelta) -> int:
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    row = insert(LimitCount).values(
        key=key, window_start=start, expires_at=start + 2 * length, count=1
    )
    counted = db.session().scalar(
        row.on_conflict_do_update(
            index_elements=["key", "window_start"], set_={"count": LimitCount.count + 1}
        ).returning(LimitCount.count)
    )
    return counted or 0


def sweep() -> int:
    """Forget windows that have passed; answers how many."""
    with db.writing(claims=False) as session:
        old = LimitCount.expires_at < clock.now()
        gone = session.scalar(select(func.count()).select_from(LimitCount).where(old)) or 0
        session.execute(delete(LimitCount).where(old))
        return gone
