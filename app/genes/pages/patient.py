"""A patient reads what was found in their genes, once they have shown again who they are."""

from __future__ import annotations

from flask import abort, render_template

from app.care import queries as care
from app.genes import queries, room, rules
from app.genes.pages import words
from app.genes.queries import Report
from app.kernel import actor as actors
from app.kernel.access import signed_in
from app.kernel.actor import Power, Role

LISTED = signed_in(Role.PATIENT, carers=Power.GENES)
OPENED = signed_in(
    Role.PATIENT, fresh=True, full_trust=True, carers=Power.GENES, report=queries.own
)


@room.page("/genes", access=LISTED)
def own() -> str:
    """Which reports there are, and nothing of what they hold."""
    mine = care.own(actors.required()) or abort(404)
    return render_template("genes/own.html", reports=queries.of_patient(mine.id))


@room.page("/genes/<uuid:report>", access=OPENED)
def own_report(report: Report) -> str:
    """Each gene, what it means, and the medicines that it touches."""
    told = rules.told(queries.results(report))
    return render_template("genes/own_report.html", report=report, told=told, words=words)
