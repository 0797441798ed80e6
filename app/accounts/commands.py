"""Accounts from the command line: the first administrator of a new portal is made here."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask import Flask

from app.accounts import operations, queries, room, rules
from app.accounts.operations.officers import appoint
from app.accounts.queries.officers import officers
from app.kernel.actor import STAFF, Role
from app.kernel.commands import doctor_asks
from app.kernel.refusal import Refusal


@room.command("find")
@click.argument("words")
def find(words: str) -> None:
    """Say who has this e-mail address or whole name; the database alone cannot tell."""
    for one in queries.found(words):
        standing = "" if one.active else ", closed"
        click.echo(f"{one.id} {one.name} <{one.email}> {one.role.value}{standing}")


@room.at_opening
def ask_for_officers(app: Flask) -> None:
    """Have the doctor say where nobody answers for privacy."""
    doctor_asks(app, _nobody_answers)


def _nobody_answers() -> Iterator[str]:
    if not officers():
        yield "Nobody answers for privacy. Run: flask --app wsgi accounts officer EMAIL"


@room.command("officer")
@click.argument("email")
@click.option("--end", is_flag=True, help="They no longer answer for privacy.")
def officer(email: str, end: bool) -> None:
    """Make an administrator a privacy officer: patients' questions and emergencies go to them."""
    who = queries.by_email(email)
    if who is None:
        raise click.ClickException(f"Nobody signs in with {email}.")
    try:
        appoint(who.id, officer=not end)
    except Refusal as refusal:
        raise click.ClickException(str(refusal.sentence)) from None
    click.echo(f"{who.name} {'no longer answers' if end else 'answers'} for privacy.")


@room.command("add")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([role.value for role in STAFF]))
@click.option("--zone", default="UTC", help="Time zone, such as Europe/Lisbon.")
@click.option("--password", default=operations.made_up, help="Made up and printed when not given.")
def add(email: str, name: str, role: str, zone: str, password: str) -> None:
    """Make an account for staff; patients are registered by `flask --app wsgi care register`.

    Its owner chooses another password and connects an authenticator at first sign-in.
    """
    if problem := rules.account_problem(email, name, zone, password):
        raise click.ClickException(problem)
    if queries.by_email(email):
        raise click.ClickException(f"Somebody already signs in with {email}.")
    operations.create_person(
        email=email, name=name, role=Role(role), password=password, zone=zone, lent=True
    )
    click.echo(rules.lent(name, password))
