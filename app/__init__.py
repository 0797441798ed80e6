"""Nearside: `create_app` is the table of contents, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.kernel.settings import Settings


def create_app(settings: Settings) -> Flask:
    """Put the house together: kernel first, then the rooms from the ground up."""
    # Imported here, so that the islands (`import app.clinical`) never load the portal.
    from app import (
        accounts,
        appointments,
        care,
        consults,
        genes,
        messages,
        plans,
        questionnaires,
        records,
        results,
        web,
    )
    from app.kernel.assembly import assemble
    from app.web import shell

    app = assemble(settings)
    shell.install(app)
    for room in (
        web.room,
        accounts.room,
        care.room,
        appointments.room,
        questionnaires.room,
        results.room,
        genes.room,
        records.room,
        messages.room,
        plans.room,
        consults.room,
    ):
        room.open(app)
    if settings.demo:
        from app import demo

        demo.room.open(app)
    return app
