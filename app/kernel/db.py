"""The database session: reading by default, writing in one short transaction at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID, uuid4

from flask import Flask, current_app, g
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Result,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

Known = TypeVar("Known")
GATE_SECONDS = 10.0
POOL_SECONDS = 5
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Busy(RuntimeError):
    """No writing transaction could begin in time; the person may simply try again."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python on both engines; a naive value is a mistake and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time needs its zone before it can be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite drops the zone, PostgreSQL answers in the session's: both become UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def code_of(values: type[Any]) -> Enum:
    """A column type for a StrEnum, stored as its value with a CHECK on both engines."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda codes: [code.value for code in codes],
        name=values.__name__.lower(),
    )


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime(), UUID: Uuid()}


class Derived:
    """A plain attribute that is made of others of its row, and so is set after them."""


class Row(Base):
    """A table whose row is named by a UUID that Python makes before the row is written.

    Sealed fields are bound to it, so it must exist before they are set.
    """

    __abstract__ = True
    id: Mapped[UUID] = mapped_column(primary_key=True)

    def __init__(self, **values: Any) -> None:
        self.id = values.pop("id", None) or uuid4()
        for name, value in sorted(values.items(), key=self._is_derived):
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no attribute {name}")
            setattr(self, name, value)

    @classmethod
    def _is_derived(cls, given: tuple[str, Any]) -> bool:
        return isinstance(getattr(cls, given[0], None), Derived)


class Database:
    """One engine, and on SQLite one gate for writers (its own back-off starves them)."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.engine = _sqlite_engine(url) if self.sqlite else _postgresql_engine(url)
        self._writing_engine = self.engine.execution_options(writing=True)
        self._gate = threading.Lock()

    def read(self) -> Session:
        """A session that only reads."""
        return Session(self.engine, autoflush=False)

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session inside BEGIN IMMEDIATE (SQLite) or BEGIN, committed on a clean exit."""
        writing = Session(self._writing_engine, expire_on_commit=False)
        with self._gated(), writing as session, session.begin():
            yield session

    def append(self, statement: str, rows: list[tuple[Any, ...]]) -> None:
        """Insert rows in a short transaction of their own, without the cost of a session."""
        with self._gated(), self._writing_engine.begin() as connection:
            connection.exec_driver_sql(statement, rows)

    @contextmanager
    def _gated(self) -> Iterator[None]:
        if self.sqlite and not self._gate.acquire(timeout=GATE_SECONDS):
            raise Busy("the database is busy")
        try:
            yield
        finally:
            if self.sqlite:
                self._gate.release()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(
        url,
        pool_size=20,
        max_overflow=60,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,  # An error's text must not quote what a person typed.
    )

    @event.listens_for(engine, "connect")
    def _rules(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for rule in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {rule}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that reads and then writes fails at once under threads.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _postgresql_engine(url: str) -> Engine:
    rules = "-c statement_timeout=10000 -c lock_timeout=3000 -c timezone=UTC"
    return create_engine(
        url,
        pool_size=20,
        max_overflow=40,
        pool_timeout=POOL_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": rules},
    )


def install(app: Flask, url: str) -> None:
    """Give the application its database, and close sessions with each context."""
    app.extensions["database"] = Database(url)
    app.extensions["database.openers"] = []
    app.teardown_appcontext(_close)


def database() -> Database:
    """The database of the running application."""
    found: Database = current_app.extensions["database"]
    return found


def session() -> Session:
    """The session in force: the open writing one, or this context's reading one."""
    here = g._get_current_object()  # Asked dozens of times a page, so without the proxy.
    writing_one: Session | None = here.get("writing_session")
    if writing_one is not None:
        return writing_one
    reading_one: Session | None = here.get("reading_session")
    if reading_one is None:
        reading_one = here.reading_session = database().read()
    return reading_one


@contextmanager
def writing(*, claims: bool = True) -> Iterator[Session]:
    """One transaction for one operation; an operation called inside another joins it.

    `claims=False` is for book-keeping that must stand whatever becomes of the request (limits):
    it does not use up the form's key.
    """
    if "writing_session" in g:
        yield g.writing_session
        return
    acts = g.after_commit = []
    try:
        with database().write() as fresh:
            g.writing_session = fresh
            try:
                if claims:
                    for opener in current_app.extensions["database.openers"]:
                        opener(fresh)
                yield fresh
                fresh.flush()
            finally:
                del g.writing_session
    finally:
        for act in g.pop("afterwards", []):
            act()
    if "reading_session" in g:
        g.reading_session.rollback()  # What was read before the change is stale now.
    g.pop("memory", None)
    for act in acts:
        act()


def remembered(key: Hashable, load: Callable[[], Known]) -> Known:
    """What `load` answers, asked once per request or event; a change makes it forgotten.

    For what many rooms ask on one page, such as who the patient is. Inside a writing transaction
    nothing is remembered: there the database is asked each time.
    """
    here = g._get_current_object()
    if "writing_session" in here:
        return load()
    memory: dict[Hashable, Any] = here.setdefault("memory", {})
    if key not in memory:
        memory[key] = load()
    known: Known = memory[key]
    return known


def rows_changed(done: Result[Any]) -> int:
    """How many rows an UPDATE or DELETE found. Of many at once who spend one row, one finds it."""
    return cast(CursorResult[Any], done).rowcount


def in_transaction() -> bool:
    """Whether a writing transaction is open in this context."""
    return "writing_session" in g


def after_commit(act: Callable[[], None]) -> None:
    """Run `act` once the open writing transaction has committed."""
    g.after_commit.append(act)


def afterwards(act: Callable[[], None]) -> None:
    """Run `act` once no writing transaction is open, whether that one commits or fails."""
    if in_transaction():
        g.setdefault("afterwards", []).append(act)
    else:
        act()


def on_claim(app: Flask, opener: Callable[[Session], None]) -> None:
    """Have `opener` run at the start of each transaction that answers a form."""
    app.extensions["database.openers"].append(opener)


def _close(_error: BaseException | None) -> None:
    reading_one: Session | None = g.pop("reading_session", None)
    if reading_one is not None:
        reading_one.close()
