"""The kernel's commands: migrate, work, doctor."""

from __future__ import annotations

import click
from alembic import command
from alembic.config import Config
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.kernel import db

MIGRATIONS = "migrations"


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
    with db.database().engine.connect() as connection:
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
    """Say whether this configuration is fit to serve people."""
    for problem in current_app.extensions["settings"].problems():
        click.echo(f"- {problem}")
    with db.database().engine.connect() as connection:
        click.echo(f"Database answers: {connection.dialect.name}")


def install(app: Flask) -> None:
    """Register the commands."""
    for one in (migrate, work, doctor):
        app.cli.add_command(one)
