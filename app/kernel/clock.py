"""The one clock. Rules never read it: operations pass its time to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _wall() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _wall


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


@contextmanager
def standing_at(moment: datetime) -> Iterator[Callable[[datetime], None]]:
    """Stop the clock at `moment`; yields a function that moves it. For tests only."""
    global _source
    held = [moment.astimezone(UTC)]
    before, _source = _source, lambda: held[0]
    try:
        yield lambda later: held.__setitem__(0, later.astimezone(UTC))
    finally:
        _source = before
