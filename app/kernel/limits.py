"""Limits on how often: counted in the database, so every process sees the same count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock, db
from app.kernel.models import LimitCount
from app.kernel.refusal import TooMany


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each of the `windows` (count, length) for one key."""

    name: str
    windows: tuple[tuple[int, timedelta], ...]

    def check(self, *keys: str) -> None:
        """Raise TooMany when one of the keys has used up its share; counts nothing."""
        for key in keys:
            for times, length in self.windows:
                start = _window(clock.now(), length)
                if _count(self._key(key, length), start) >= times:
                    wait = int((start + length - clock.now()).total_seconds()) + 1
                    raise TooMany(_too_many(wait), wait)

    def hit(self, *keys: str) -> None:
        """Count one more for each key, in a transaction of its own that nothing rolls back."""
        with db.writing(claims=False):
            for key in keys:
                for _times, length in self.windows:
                    _add(self._key(key, length), _window(clock.now(), length), length)

    def _key(self, key: str, length: timedelta) -> str:
        return f"{self.name}|{int(length.total_seconds())}|{key}"[:120]


def _too_many(seconds: int) -> object:
    minutes = max(1, round(seconds / 60))
    return _l("Too many tries. Please wait about %(minutes)s min, then try again.", minutes=minutes)


def _window(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def _count(key: str, start: datetime) -> int:
    where = (LimitCount.key == key, LimitCount.window_start == start)
    return db.session().scalar(select(LimitCount.count).where(*where)) or 0


def _add(key: str, start: datetime, length: timedelta) -> None:
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    row = insert(LimitCount).values(
        key=key, window_start=start, expires_at=start + 2 * length, count=1
    )
    db.session().execute(
        row.on_conflict_do_update(
            index_elements=["key", "window_start"], set_={"count": LimitCount.count + 1}
        )
    )


def sweep() -> int:
    """Forget windows that have passed; answers how many."""
    with db.writing(claims=False) as session:
        old = LimitCount.expires_at < clock.now()
        gone = session.scalar(select(func.count()).select_from(LimitCount).where(old)) or 0
        session.execute(delete(LimitCount).where(old))
        return gone
