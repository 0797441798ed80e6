"""Flask-SocketIO, loaded as a server alone.

It brings its own client along, and that loads aiohttp wherever aiohttp is installed. It is
installed for the media node, and costs every web worker start-up time and memory for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _as_if_not_installed(name: str) -> Iterator[None]:
    """Let an optional import fail, unless the library has been loaded already."""
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]  # None: "not to be had"
    if name in modules:
        yield
        return
    modules[name] = None
    try:
        yield
    finally:
        del modules[name]


with _as_if_not_installed("aiohttp"):
    from flask_socketio import SocketIO, join_room

__all__ = ["SocketIO", "join_room"]
