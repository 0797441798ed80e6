"""What makes the portals of one test process quick to open and quick to write.

Tests open a portal each, thousands in all. What is the same in every one of them is worked out
once here; what a portal does is the same as without.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from werkzeug.routing import Rule


class _Compiled(BytecodeCache):
    """The code of templates, by name and source."""

    def __init__(self) -> None:
        self._known: dict[str, CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what an earlier portal compiled."""
        bucket.code = self._known.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next."""
        self._known[bucket.key + bucket.checksum] = bucket.code


class _KnownRule(Rule):
    """An address, which an earlier portal has written the same function for.

    The function is given the rule that it speaks for, so that no portal meets another's.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = super()._compile_builder(append_unknown)
        return _BUILDERS[key]


_COMPILED = _Compiled()
_BUILDERS: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
Flask.url_rule_class = _KnownRule


def hurry(app: Flask) -> None:
    """Let this portal use what is known, and write without waiting for the disk.

    No power fails under a test. That the portal by itself does wait is asked in tests/kernel.
    """
    app.jinja_env.bytecode_cache = _COMPILED
    event.listen(app.extensions["database"].engine, "connect", _without_waiting)


def _without_waiting(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")
