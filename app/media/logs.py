"""Logs of the node: one JSON object a line, from an allow-list of keys.

Rooms and participants are opaque ids, but even those stay out: a log is kept longer than a call.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

KEYS = frozenset(
    {
        *("node", "pid", "port", "code", "status", "signal", "seconds", "milliseconds"),
        *("count", "rooms", "legs", "load", "error", "where", "path", "reason"),
    }
)
PLACES = 8
LONGEST_VALUE = 200


class Lines(logging.Formatter):
    """One record, one line of JSON; an exception keeps its type and places, not its words.

    What other libraries log is known by their name alone: their sentences may quote addresses.
    """

    def __init__(self, node: int | None = None) -> None:
        super().__init__()
        self._always = {} if node is None else {"node": node}

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        facts = getattr(record, "facts", None)
        entry: dict[str, object] = {
            "event": record.msg if facts is not None else "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            **self._always,
            **{key: _short(value) for key, value in (facts or {}).items() if key in KEYS},
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            entry["error"], entry["where"] = type(error).__name__, _places(error)
        return json.dumps(entry, ensure_ascii=True)


class Log:
    """A named log that takes an event and its facts: `log.info("node_started", port=4000)`."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(f"media.{name}")

    def info(self, event: str, **facts: object) -> None:
        """Something that is meant to happen."""
        self._logger.info(event, extra={"facts": facts})

    def warning(self, event: str, **facts: object) -> None:
        """Something that an operator may want to look at."""
        self._logger.warning(event, extra={"facts": facts})

    def exception(self, event: str, **facts: object) -> None:
        """A fault of ours, with where it happened."""
        self._logger.error(event, exc_info=sys.exc_info(), extra={"facts": facts})


def install(node: int | None = None) -> None:
    """Write to standard error; ours from INFO, other libraries from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(node))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("media").setLevel(logging.INFO)


def _short(value: object) -> object:
    return value if isinstance(value, int | float) else str(value)[:LONGEST_VALUE]


def _places(error: BaseException) -> list[str]:
    places = []
    trace = error.__traceback__
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/app/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-PLACES:]
