"""The commands of keys: rotate, verify."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.kernel.crypto import health, rotation
from app.kernel.crypto.envelope import SealBroken

keys = AppGroup("keys", help="The keys of sealed fields.")


@keys.command("rotate")
@click.option("--renew", is_flag=True, help="Give every patient a new data key as well.")
def rotate(*, renew: bool) -> None:
    """Move to the newest key of NEARSIDE_DATA_KEYS while people work.

    It may be stopped at any time and run again. Exit code 1: a value did not open.
    """
    try:
        done = rotation.rotate(renew=renew)
    except SealBroken as broken:
        raise click.ClickException(str(broken)) from None
    click.echo(
        f"Data keys wrapped anew: {done.wrapped}, renewed: {done.renewed}."
        f" Values sealed anew: {done.sealed}. Retired keys destroyed: {done.destroyed}."
    )
    if free := health.dispensable():
        click.echo(f"Nothing needs these any more, but perhaps a backup: {', '.join(free)}.")
    if done.waiting:
        click.echo(f"{done.waiting} retired keys stay for now: rotate again in a few minutes.")
    if done.broken:
        raise click.ClickException(
            f"{len(done.broken)} values did not open, the first: {done.broken[0]}"
        )


@keys.command("verify")
def verify() -> None:
    """Open every data key and every sealed value; exit code 1 and the first that does not."""
    try:
        found = rotation.verify()
    except SealBroken as broken:
        raise click.ClickException(str(broken)) from None
    click.echo(
        f"Every seal opens: {found.keys} data keys, {found.values} values;"
        f" {found.erased} were erased with their key."
    )
