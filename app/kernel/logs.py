"""Logs: one JSON object a line, from an allow-list of keys, so that no person's data slips in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

KEYS = frozenset(
    {
        "event",
        "level",
        "logger",
        "timestamp",
        "request_id",
        "endpoint",
        "method",
        "status",
        "milliseconds",
        "kind",
        "job",
        "attempts",
        "event_name",
        "error",
        "where",
        "entity",
        "entity_id",
        "count",
        "port",
    }
)


def _only_allowed(
    _logger: object, _name: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in entry.items() if key in KEYS}


def _plain_error(
    _logger: object, _name: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Keep an exception's type and places; its message may quote what a person typed."""
    if given := entry.pop("exc_info", None):
        error = given if isinstance(given, BaseException) else sys.exc_info()[1]
        entry["error"] = type(error).__name__
        entry["where"] = _places(error)
    return entry


def _places(error: BaseException | None) -> list[str]:
    places = []
    trace = error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/app/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-8:]


def install() -> None:
    """Configure structlog once per process; other libraries speak at WARNING and above."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(message)s")
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _plain_error,
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
