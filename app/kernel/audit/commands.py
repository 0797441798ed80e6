"""The record's commands: verify it, prove one event, sign a checkpoint, tell the public key."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup

from app.kernel.audit import checkpoints, proving, sealing, verifying
from app.kernel.audit.checkpoints import Checkpoint
from app.kernel.audit.verifying import Findings

group = AppGroup("audit", help="The record of who did and saw what.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@group.command("verify")
@click.option("--checkpoints", "files", type=FILE, multiple=True, help="A copy kept elsewhere.")
def verify(files: tuple[Path, ...]) -> None:
    """Read the whole record, and name the first event that is not as it was written."""
    found = verifying.verify(_outside(files))
    for problem in found.problems:
        click.echo(problem)
    click.echo(_summary(found))
    if found.problems:
        raise SystemExit(1)


@group.command("prove")
@click.argument("event", type=click.UUID)
def prove(event: UUID) -> None:
    """Print a proof that EVENT is in the record; docs/check_proof.py checks it."""
    try:
        click.echo(json.dumps(proving.prove(event), indent=1))
    except proving.NoProof as reason:
        raise click.ClickException(str(reason)) from None


@group.command("checkpoint")
def checkpoint() -> None:
    """Seal what waits and sign a checkpoint now, for instance before a backup."""
    sealing.seal()
    fresh = checkpoints.sign()
    click.echo(fresh.line if fresh else "Nothing has come since the last checkpoint.")


@group.command("key")
def key() -> None:
    """Print the public key that checks the checkpoints of this portal."""
    click.echo(proving.public_key())


def _outside(files: tuple[Path, ...]) -> list[Checkpoint] | None:
    """What the given files state, or the instance's own; None where there is no file."""
    own = checkpoints.path()
    wanted = files or ((own,) if own.exists() else ())
    if not wanted:
        return None
    try:
        return [one for file in wanted for one in checkpoints.read(file)]
    except (ValueError, KeyError, OSError):
        raise click.ClickException("The file of checkpoints holds a line that is none.") from None


def _summary(found: Findings) -> str:
    if found.stopped:
        until = f"{found.events} events in {found.seals} batches before that were read"
        return f"Not as it was written: {until if found.seals else 'reading stopped there'}."
    return (
        f"{'Not as it was written' if found.problems else 'Whole'}: {found.events} events in"
        f" {found.seals} batches read, {found.waiting} not sealed yet, {found.checkpoints}"
        f" checkpoints up to event {found.signed_events}."
    )


def install(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)
