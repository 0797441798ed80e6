"""Limits on how often: counted in the database, so every process sees the same count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock, db
from app.kernel.crypto import keyring
from app.kernel.models import LimitCount
from app.kernel.refusal import TooMany

KEY_DIGITS = 32
MOST_DOUBLINGS = 16
# What counts over no window of time begins here.
FOR_EVER = datetime(2000, 1, 1, tzinfo=UTC)
KEPT_STREAK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` in each of the `windows` (count, length) for one key."""

    name: str
    windows: tuple[tuple[int, timedelta], ...]

    def take(self, key: str) -> None:
        """Count one try before it is judged; raises TooMany when the key's share is used up.

        Counting first, in one atomic step, lets no crowd of tries made at once slip through.
        """
        _before_a_transaction()
        moment = clock.now()
        with db.writing(claims=False):
            for times, length in self.windows:
                start = _window(moment, length)
                tries, _until = _add(self._key(key, length), start, start + 2 * length)
                if tries > times:
                    raise _too_many(start + length - moment)

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
        return f"{self.name}|{int(length.total_seconds())}|{_fingerprint(key)}"


@dataclass(frozen=True, slots=True)
class Slowing:
    """`free` failures in a row cost nothing; from then on the wait doubles with each one.

    It begins at `first` and grows to `longest`, so that whoever guesses is slowed down and the
    one they guess at is never kept out for longer than that. Forgotten after `forgets` of quiet.
    """

    name: str
    free: int
    first: timedelta
    longest: timedelta
    forgets: timedelta

    def take(self, key: str) -> None:
        """Count one try before it is judged; raises TooMany while the key has to wait."""
        _before_a_transaction()
        moment = clock.now()
        with db.writing(claims=False) as session:
            tries, kept_until = _add(self._key(key), FOR_EVER, moment + self.forgets)
            wait = kept_until - self.forgets + self.delay(tries - 1) - moment
            if wait > timedelta():
                raise _too_many(wait)
            mine = update(LimitCount).where(LimitCount.key == self._key(key))
            session.execute(mine.values(expires_at=moment + self.forgets))

    def delay(self, failures: int) -> timedelta:
        """How long to wait after so many failures in a row."""
        if failures < self.free:
            return timedelta()
        doublings: int = 2 ** min(failures - self.free, MOST_DOUBLINGS)
        return min(self.first * doublings, self.longest)

    def forget(self, key: str) -> None:
        """A try turned out right: failures in a row end with it."""
        _forget(self._key(key))

    def _key(self, key: str) -> str:
        return f"{self.name}|slow|{_fingerprint(key)}"


@dataclass(frozen=True, slots=True)
class Streak:
    """Failures in a row, however slowly they come: NIST SP 800-63B-4, 3.2.2, allows 100."""

    name: str
    most: int

    def take(self, key: str) -> int:
        """Count one try before it is judged; answers how many in a row this one makes."""
        _before_a_transaction()
        with db.writing(claims=False):
            return _add(self._key(key), FOR_EVER, clock.now() + KEPT_STREAK)[0]

    def forget(self, key: str) -> None:
        """A try turned out right, or what was tried is another one now."""
        _forget(self._key(key))

    def _key(self, key: str) -> str:
        return f"{self.name}|row|{_fingerprint(key)}"


def _before_a_transaction() -> None:
    if db.in_transaction():
        raise RuntimeError("count tries before a transaction: its end would forget them")


def _fingerprint(key: str) -> str:
    """What is kept of a key, because keys are addresses that people typed or came from."""
    return keyring().blind(key, purpose="limit")[:KEY_DIGITS]


def _forget(key: str) -> None:
    with db.writing(claims=False) as session:
        session.execute(delete(LimitCount).where(LimitCount.key == key))


def _too_many(wait: timedelta) -> TooMany:
    seconds = int(wait.total_seconds()) + 1
    minutes = max(1, round(seconds / 60))
    words = _l(
        "Too many tries. Please wait about %(minutes)s min, then try again.", minutes=minutes
    )
    return TooMany(words, seconds)


def _window(moment: datetime, length: timedelta) -> datetime:
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def _add(key: str, start: datetime, expires_at: datetime) -> tuple[int, datetime]:
    """Count one more; answers the count, and until when the row was kept before this one.

    A row that nobody swept away in time begins anew.
    """
    insert = sqlite.insert if db.database().sqlite else postgresql.insert
    old, begun = LimitCount.expires_at <= clock.now(), literal(expires_at, db.UtcDateTime())
    row = insert(LimitCount).values(key=key, window_start=start, expires_at=expires_at, count=1)
    counted = row.on_conflict_do_update(
        index_elements=["key", "window_start"],
        set_={
            "count": case((old, 1), else_=LimitCount.count + 1),
            "expires_at": case((old, begun), else_=LimitCount.expires_at),
        },
    )
    asked = counted.returning(LimitCount.count, LimitCount.expires_at)
    tries, kept_until = db.session().execute(asked).one()
    return tries, kept_until


def sweep() -> int:
    """Forget windows that have passed; answers how many."""
    with db.writing(claims=False) as session:
        old = LimitCount.expires_at < clock.now()
        gone = session.scalar(select(func.count()).select_from(LimitCount).where(old)) or 0
        session.execute(delete(LimitCount).where(old))
        return gone
