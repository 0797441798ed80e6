"""Asking at a door: as whom, for whose thing, and whether the database noticed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import literal_column, select, text
from werkzeug.test import TestResponse

from app.accounts import operations as accounts
from app.kernel import db
from app.kernel.actor import Role, Stage
from app.kernel.db import Base
from tests.doors.objects import FACTORIES, Case, Scene
from tests.doors.walk import Door
from tests.support.portal import COOKIE, ORIGIN, Someone, Visitor

# What a script's address always carries.
QUERIES = {
    "messages.mine_since": "?after=0",
    "messages.conversation_since": "?after=0",
    "messages.inbox_since": "?after=0",
}


NOT_FOUND = 404
# Where tries are counted and written down.
NOTES = ("audit_event", "limit_count")


class Asker:
    """Opens one door as one kind of person."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.portal = scene.portal
        self._ready: dict[Visitor, dict[str, str]] = {}

    def visitor(self, role: Role | None, stage: Stage = Stage.FULL) -> Visitor:
        """A browser with a session of its own, so that signing out costs nobody else theirs."""
        visitor = Visitor(self.portal.app)
        if role is not None:
            token = self.session(self.scene.someone(role), stage)
            visitor.client.set_cookie(COOKIE, token, domain="nearside.test", secure=True)
        if role is Role.CARER and stage is Stage.FULL:
            # Any page of a carer names their patient, so asking for a key later would be a look.
            self._ready[visitor] = self.keys(visitor)
        return visitor

    def session(self, someone: Someone, stage: Stage) -> str:
        """A fresh session's token."""
        with self.portal.inside(), db.writing():
            return accounts.open_session(someone.id, stage)

    def path(self, door: Door, role: Role, own: bool) -> str:
        """The door's address with things made for the occasion."""
        things = self.things(door, role, own)
        path = door.path
        for name, number in things.items():
            path = path.replace(f"<uuid:{name}>", str(number))
        return path + QUERIES.get(door.endpoint, "")

    def things(self, door: Door, role: Role, own: bool) -> dict[str, UUID]:
        """One thing for each id in the address, all of one clinic."""
        made: dict[str, UUID] = {}
        for name in sorted(door.names, key=door.path.index):
            clinic = self.scene.clinic(own)
            case = Case(self.portal, clinic, role, own, door.endpoint, dict(made))
            made[name] = FACTORIES[name](case)
        return made

    def nowhere(self, door: Door) -> str:
        """The door's address with ids that nothing has."""
        path = door.path
        for name in door.names:
            path = path.replace(f"<uuid:{name}>", str(uuid4()))
        return path

    def ask(self, door: Door, visitor: Visitor, path: str) -> TestResponse:
        """Open the door; what is posted carries a token and a key that fit."""
        if door.method == "GET":
            return visitor.get(path)
        return visitor.post(path, self.keys(visitor))

    def keys(self, visitor: Visitor) -> dict[str, str]:
        """The token and the key of whatever form this person is shown first."""
        if visitor in self._ready:
            return self._ready[visitor]
        answer = visitor.get("/settings")
        while answer.status_code == 303:
            answer = visitor.follow(answer)
        if answer.status_code == NOT_FOUND:  # A guest is shown none of that.
            visitor.get("/sign-in")
        return keys(visitor)

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Fail if anything at all was committed meanwhile."""
        engine = self.portal.app.extensions["database"].engine
        with engine.connect() as connection:
            # SQLite counts the commits of every other connection.
            before = connection.execute(text("PRAGMA data_version")).scalar_one()
            connection.rollback()
            yield
            after = connection.execute(text("PRAGMA data_version")).scalar_one()
            assert after == before, "the database was changed"

    @contextmanager
    def only_seen(self) -> Iterator[None]:
        """Fail if anything was written but that somebody looked."""
        before = contents(self.portal.app, "audit_event")
        yield
        assert contents(self.portal.app, "audit_event") == before

    @contextmanager
    def only_noted(self) -> Iterator[None]:
        """Fail if anything was written but that somebody tried."""
        before = contents(self.portal.app, *NOTES)
        yield
        assert contents(self.portal.app, *NOTES) == before


def contents(app: Flask, *but: str) -> dict[str, list[object]]:
    """Every row of every table but these, as it lies there: what a column makes of it is no matter.

    Asked some thousand times; the portal's own way of reading a row took three times as long.
    """
    with app.extensions["database"].engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(rows)]
            for name, rows in _rows().items()
            if name not in but
        }


@cache
def _rows() -> dict[str, str]:
    everything = literal_column("*")
    return {
        table.name: str(select(everything).select_from(table))
        for table in Base.metadata.sorted_tables
    }


def keys(visitor: Visitor) -> dict[str, str]:
    """The token and the key of a form on the present page."""
    assert visitor.page is not None
    form = next(visitor.page.iter("form"))
    wanted = {"csrf_token", "form_key"}
    inputs = [one for one in form.iter("input") if one.get("name") in wanted]
    return {one.get("name", ""): one.get("value", "") for one in inputs}


def led_to(answer: TestResponse) -> str:
    """Where a redirect leads, without its query."""
    return answer.headers["Location"].removeprefix(ORIGIN).partition("?")[0]
