"""A room: one feature, with its pages, events, jobs and commands behind doors."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, get_type_hints
from uuid import UUID

from flask import Blueprint, Flask

from app.kernel import jobs, looks, news
from app.kernel.access import Access, DoorError, check_door
from app.kernel.live import Live

EDGES = ("pages", "live", "jobs", "commands")
View = TypeVar("View", bound=Callable[..., Any])


class Room:
    """Registers what a room offers; `open` hands it to an application.

    A room's package creates one, its edge modules decorate their functions with it.
    """

    def __init__(self, name: str, package: str) -> None:
        self.name = name
        self.package = package
        self.blueprint = Blueprint(name, package, cli_group=name)
        self._events: list[tuple[str, Access, type[Any], Callable[..., object]]] = []
        self._on_leave: list[Callable[..., None]] = []
        self._at_opening: list[Callable[[Flask], None]] = []

    def page(
        self,
        rule: str,
        *,
        access: Access,
        methods: tuple[str, ...] = ("GET",),
        goes_on: bool = False,
    ) -> Callable[[View], View]:
        """Register a page. `access` is required; the page receives what the rule loads.

        Whose data a page shows is written down before it leaves. `goes_on` marks what the script
        of an open page reads on: the page's own view counts, and what is new (see `looks`).

        Ids in the address are written `<uuid:thing>` and loaded by `access.loads["thing"]`.
        """
        ids = set(re.findall(r"<uuid:(\w+)>", rule))
        others = set(re.findall(r"<(?!uuid:)[^>]*>", rule))

        def register(view: View) -> View:
            where = f"{self.name}.{view.__name__} {rule}"
            check_door(where, access, set(methods), ids)
            if others:
                raise DoorError(f"{where}: {sorted(others)} must be written <uuid:...>")
            if getattr(view, "access", access) != access:
                raise DoorError(f"{where}: one page under two rules; write two pages")
            view.access = access  # type: ignore[attr-defined]  # read by the guard
            if not hasattr(view, "watched"):
                door = f"{self.name}.{view.__name__}"
                view.watched = looks.watched(door, view, goes_on=goes_on)  # type: ignore[attr-defined]  # once for all its addresses
            self.blueprint.add_url_rule(rule, view.__name__, view.watched, methods=list(methods))  # type: ignore[attr-defined]  # as above
            return view

        return register

    def event(self, name: str, *, access: Access, shape: type[Any]) -> Callable[[View], View]:
        """Register a socket event `room:name`; the rule is asked again at every event.

        Each UUID in `shape` names a thing, which the rule must load. The handler gets
        (actor, payload, **loaded things) and returns its acknowledgement.
        """

        def register(handler: View) -> View:
            check_door(f"{self.name}:{name}", access, set(), _ids(shape))
            full = f"{self.name}:{name}"
            self._events.append((full, access, shape, looks.heard(full, handler)))
            return handler

        return register

    def on_leave(self, handler: View) -> View:
        """Call `handler(sid, actor)` whenever a socket closes."""
        self._on_leave.append(handler)
        return handler

    def job(self, kind: str) -> Callable[[View], View]:
        """Register the handler of one kind of queued work; it must bear to run twice."""

        def register(handler: View) -> View:
            jobs.handles(f"{self.name}.{kind}", handler)
            return handler

        return register

    def every(self, interval: timedelta) -> Callable[[View], View]:
        """Run a function about once per interval while a worker lives."""

        def register(act: View) -> View:
            jobs.every(interval, act)
            return act

        return register

    def hears(self, name: str) -> Callable[[View], View]:
        """Be told when a lower room tells `name`, inside its transaction."""

        def register(listener: View) -> View:
            news.hear(name, listener)
            return listener

        return register

    def command(self, name: str) -> Callable[[View], Any]:
        """Register `flask --app wsgi <room> <name>`."""

        def register(command: View) -> Any:
            return self.blueprint.cli.command(name)(command)

        return register

    def at_opening(self, prepare: View) -> View:
        """Call `prepare(app)` once for each application that the room is opened in."""
        self._at_opening.append(prepare)
        return prepare

    def open(self, app: Flask) -> None:
        """Import the room's edges and give the application everything they registered."""
        for edge in EDGES:
            _import_all(f"{self.package}.{edge}")
        app.register_blueprint(self.blueprint)
        live: Live = app.extensions["live"]
        live.left.extend(self._on_leave)
        for event in self._events:
            live.on(*event)
        for prepare in self._at_opening:
            prepare(app)


def _ids(shape: type[Any]) -> set[str]:
    return {name for name, hint in get_type_hints(shape).items() if hint is UUID}


def _import_all(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return  # Missing furniture is fine.
    for child in pkgutil.iter_modules(getattr(module, "__path__", ())):
        importlib.import_module(f"{name}.{child.name}")
