"""Upward news: a lower room tells what happened, higher rooms registered to hear it.

Listeners run inside the teller's transaction, so what they write stands or falls with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Listener = Callable[..., None]
_listeners: defaultdict[str, list[Listener]] = defaultdict(list)


def hear(name: str, listener: Listener) -> None:
    """Have `listener` called with the facts of each `name`; registering twice changes nothing."""
    if listener not in _listeners[name]:
        _listeners[name].append(listener)


def tell(name: str, **facts: Any) -> None:
    """Call everyone who asked to hear `name`."""
    for listener in _listeners[name]:
        listener(**facts)
