"""Accounts from the command line: the first administrator of a new portal is made here."""

from __future__ import annotations

import click

from app.accounts import operations, room, rules
from app.kernel.actor import Role


@room.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--zone", default="UTC", help="Time zone, such as Europe/Lisbon.")
@click.password_option(help="At least twelve characters; asked for when not given.")
def add(email: str, name: str, role: str, zone: str, password: str) -> None:
    """Make an account; its owner connects an authenticator at first sign-in."""
    if problem := rules.password_problem(password, (email, name)):
        raise click.ClickException(str(problem))
    operations.create_person(email=email, name=name, role=Role(role), password=password, zone=zone)
    click.echo(f"{name} can sign in.")
