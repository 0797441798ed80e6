"""Every door of the running application: its pages and its socket events."""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from flask import Flask

import app as house
from app import create_app
from app.kernel.access import SAFE_METHODS, Access, rule_for
from app.kernel.room import Room
from app.kernel.settings import Environment
from tests.support.portal import settings


@dataclass(frozen=True)
class Door:
    """One way to enter one page."""

    endpoint: str
    path: str
    method: str
    names: tuple[str, ...]
    access: Access

    def __str__(self) -> str:
        return f"{self.method} {self.endpoint}"


@dataclass(frozen=True)
class Event:
    """One socket event."""

    name: str
    access: Access
    shape: type[Any]

    def __str__(self) -> str:
        return self.name

    def hints(self) -> dict[str, Any]:
        """The fields that travel with it, and their types."""
        return get_type_hints(self.shape)


@cache
def application(environment: Environment = Environment.TEST) -> Flask:
    """The application, put together but never asked for its database."""
    nowhere = Path(tempfile.gettempdir()) / "nearside-doors"
    return create_app(settings(f"sqlite:///{nowhere}.db", nowhere, environment))


def doors() -> list[Door]:
    """Every page, once for reading and once for each unsafe method."""
    return sorted(_doors(application()), key=str)


def _doors(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        access = rule_for(app, rule.endpoint)
        assert access is not None, f"{rule.endpoint} has no rule"
        names = tuple(sorted(rule.arguments))
        methods = (rule.methods or set()) - (SAFE_METHODS - {"GET"})
        for method in sorted(methods):
            yield Door(rule.endpoint, rule.rule, method, names, access)


def rooms() -> list[Room]:
    """Every room of the house, the demo included."""
    application(Environment.DEMO)  # Opening the rooms imports their edges.
    found = []
    for one in pkgutil.iter_modules(house.__path__):
        room = getattr(importlib.import_module(f"app.{one.name}"), "room", None)
        if isinstance(room, Room):
            found.append(room)
    return found


def events() -> list[Event]:
    """Every socket event that the application listens to."""
    return [
        Event(name, access, shape)
        for room in rooms()
        for name, access, shape, _handler in room._events
    ]
