"""Accounts from the command line: the first administrator of a new portal is made here."""

from __future__ import annotations

import click

from app.accounts import operations, queries, room, rules
from app.kernel.actor import STAFF, Role


@room.command("find")
@click.argument("words")
def find(words: str) -> None:
    """Say who has this e-mail address or whole name; the database alone cannot tell."""
    for one in queries.found(words):
        standing = "" if one.active else ", closed"
        click.echo(f"{one.id} {one.name} <{one.email}> {one.role.value}{standing}")


@room.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in STAFF]))
@click.option("--zone", default="UTC", help="Time zone, such as Europe/Lisbon.")
@click.password_option(help="At least twelve characters; asked for when not given.")
def add(email: str, name: str, role: str, zone: str, password: str) -> None:
    """Make an account for staff; patients are registered by `flask --app wsgi care register`.

    Its owner connects an authenticator at first sign-in.
    """
    if problem := rules.account_problem(email, name, zone, password):
        raise click.ClickException(problem)
    if queries.by_email(email):
        raise click.ClickException(f"Somebody already signs in with {email}.")
    operations.create_person(email=email, name=name, role=Role(role), password=password, zone=zone)
    click.echo(f"{name} can sign in.")
