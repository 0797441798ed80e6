"""The one clock. Rules never read it: operations pass its time to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _wall() -> datetime:
    return datetime.now(UTC)


_sources: list[Callable[[], datetime]] = [_wall]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _sources[-1]()


@contextmanager
def standing_at(moment: datetime) -> Iterator[Callable[[datetime], None]]:
    """Stop the clock at `moment`; yields a function that moves it. For tests only."""
    held = [moment.astimezone(UTC)]
    _sources.append(lambda: held[0])
    try:
        yield lambda later: held.__setitem__(0, later.astimezone(UTC))
    finally:
        _sources.pop()
