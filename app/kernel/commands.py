"""The kernel's commands: migrate, work, doctor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.kernel import db

Look = Callable[[], Iterable[str]]

MIGRATIONS = "migrations"
NOT_THERE = "There is no database yet. Run: flask --app wsgi migrate"
NOT_NEWEST = "The database is not at this version's schema. Run: flask --app wsgi migrate"


def migrations() -> Config:
    """Alembic's view of this application's migrations."""
    config = Config()
    config.set_main_option("script_location", f"{current_app.root_path}/../{MIGRATIONS}")
    return config


@click.command("migrate")
@click.argument("revision", default="head")
@with_appcontext
def migrate(revision: str) -> None:
    """Bring the database to REVISION (the newest by default)."""
    with _connected() as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@click.command("work")
@with_appcontext
def work() -> None:
    """Work the queue in this process until interrupted."""
    try:
        current_app.extensions["worker"].run()
    except KeyboardInterrupt:
        click.echo("Stopped.")


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say whether this configuration and its database are fit to serve people."""
    address = db.database().engine.url
    file = address.database if address.drivername == "sqlite" else None
    if file and not Path(file).exists():
        raise click.ClickException(NOT_THERE)  # Asking would create an empty one.
    with _connected() as connection:
        click.echo(f"Database answers: {connection.dialect.name}")
        newest = ScriptDirectory.from_config(migrations()).get_current_head()
        if MigrationContext.configure(connection).get_current_revision() != newest:
            raise click.ClickException(NOT_NEWEST)
    lacking = [sentence for ask in current_app.extensions["doctor.needs"] for sentence in ask()]
    if lacking:
        raise click.ClickException("\n".join(lacking))
    click.echo("Schema: newest. Settings: fit to serve people.")
    for look in current_app.extensions["doctor"]:
        for sentence in look():
            click.echo(sentence)


def doctor_asks(app: Flask, look: Look) -> None:
    """Have the doctor tell what `look` finds: things a portal can serve people without."""
    app.extensions["doctor"].append(look)


def doctor_needs(app: Flask, look: Look) -> None:
    """Have the doctor ask for what no portal can serve people without; any sentence is a no."""
    app.extensions["doctor.needs"].append(look)


@contextmanager
def _connected() -> Iterator[Connection]:
    """A connection; one sentence for the operator where there is none."""
    try:
        connection = db.database().engine.connect()
    except DBAPIError as refused:
        words = str(refused.orig).strip().splitlines()
        raise click.ClickException(
            f"The database does not answer: {words[0] if words else type(refused.orig).__name__}"
        ) from None
    with connection:
        yield connection


def install(app: Flask) -> None:
    """Register the commands."""
    app.extensions["doctor"] = []
    app.extensions["doctor.needs"] = []
    for one in (migrate, work, doctor):
        app.cli.add_command(one)
